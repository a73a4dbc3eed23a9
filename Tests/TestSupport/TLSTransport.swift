import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

@testable import Platform

/// How a test's client speaks TLS.
package struct TLSOptions: Sendable {
    package enum Version: Sendable {
        case tls11, tls12, tls13
    }

    package var oldest = Version.tls12
    package var newest = Version.tls13
    /// What it offers by ALPN; nothing: it does not speak of it.
    package var protocols = ["http/1.1"]
    package var serverName: String? = "localhost"
    /// The authority that it believes; nil believes any server.
    package var root: TestCertificate?
    /// Whether it says goodbye when the server does. If not, it stays and can still send.
    package var answersGoodbye = true
    /// Whether it reads what comes after the handshake.
    package var reads = true

    package init(_ change: (inout TLSOptions) -> Void = { _ in }) {
        change(&self)
    }
}

/// What a handshake settled on.
package struct TLSSession: Sendable, Equatable {
    package var version: TLSOptions.Version
    package var protocolName: String?
    /// The server's certificate as DER.
    package var certificate: [UInt8]

    package init(version: TLSOptions.Version, protocolName: String?, certificate: [UInt8]) {
        self.version = version
        self.protocolName = protocolName
        self.certificate = certificate
    }
}

/// A connection over TLS to a port of 127.0.0.1, by the same library that the server has, in its other role.
final class TLSTransport: TestTransport {
    let session: TLSSession
    private let channel: any Channel
    private let inbox: TLSInbox
    private let timeoutMilliseconds: Int

    private init(session: TLSSession, channel: any Channel, inbox: TLSInbox, timeoutMilliseconds: Int) {
        self.session = session
        self.channel = channel
        self.inbox = inbox
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects and shakes hands; throws `TestClientError.handshake` with the reason if it fails.
    static func connect(port: Int, _ options: TLSOptions, timeoutMilliseconds: Int) async throws -> TLSTransport {
        let context = try NIOSSLContext(configuration: options.configuration)
        let inbox = TLSInbox()
        let group = MultiThreadedEventLoopGroup.singleton
        let handshake = group.any().makePromise(of: TLSSession.self)
        do {
            let channel = try await ClientBootstrap(group: group)
                .channelOption(ChannelOptions.allowRemoteHalfClosure, value: !options.answersGoodbye)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: options.serverName)
                        try channel.pipeline.syncOperations.addHandlers([tls, TLSInboxHandler(options, inbox, handshake)])
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            let limit = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(timeoutMilliseconds))) { channel.close(promise: nil) }
            defer { limit.cancel() }
            let session = try await handshake.futureResult.get()
            return TLSTransport(session: session, channel: channel, inbox: inbox, timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            handshake.fail(error)
            throw TestClientError.handshake(String(describing: error))
        }
    }

    func send(_ bytes: [UInt8]) throws {
        do {
            try channel.writeAndFlush(ByteBuffer(bytes: bytes)).wait()
        } catch {
            throw TestClientError.closed
        }
    }

    func receive() throws -> [UInt8] {
        guard let bytes = inbox.take(withinMilliseconds: timeoutMilliseconds) else { throw TestClientError.timeout }
        return bytes
    }

    func closeOutput() {
        try? channel.close(mode: .output).wait()
    }

    /// Whether the server ended the connection as TLS has it, and did not just go.
    var saidGoodbye: Bool { inbox.saidGoodbye }

    /// Goes without a word, as a client does that is killed.
    func vanish() {
        let loop = channel.eventLoop
        try? loop.submit { [channel] in
            try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
        }.wait()
    }
}

extension TLSOptions {
    fileprivate var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = oldest.wire
        configuration.maximumTLSVersion = newest.wire
        // Without a suite of its age, a client of TLS 1.1 would give up before it has said anything.
        if oldest == .tls11 { configuration.cipherSuites = "ALL" }
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = .milliseconds(500)
        if let root, let certificate = try? NIOSSLCertificate(bytes: root.der, format: .der) {
            configuration.trustRoots = .certificates([certificate])
        } else {
            configuration.certificateVerification = .none
        }
        return configuration
    }
}

extension TLSOptions.Version {
    fileprivate var wire: TLSVersion {
        switch self {
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }

    fileprivate init(_ wire: TLSVersion?) {
        self = wire == .tlsv13 ? .tls13 : wire == .tlsv12 ? .tls12 : .tls11
    }
}

/// What has come, for the thread that waits for it.
private final class TLSInbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var saidGoodbye = false
    }

    private let state = Monitor(State())

    var saidGoodbye: Bool { state.withLock { $0.saidGoodbye } }

    func add(_ bytes: ByteBufferView) { state.signalling { $0.bytes += bytes } }

    func end(withGoodbye isClean: Bool = false) {
        state.signalling { state in
            if isClean, !state.hasEnded { state.saidGoodbye = true }
            state.hasEnded = true
        }
    }

    /// All that is there, nothing at the end; nil when the time has passed.
    func take(withinMilliseconds limit: Int) -> [UInt8]? {
        state.wait(milliseconds: limit) { state in
            guard !state.bytes.isEmpty || state.hasEnded else { return nil }
            defer { state.bytes = [] }
            return state.bytes
        }
    }
}

/// The end of the client's pipeline: fills the inbox, and tells how the handshake went.
private final class TLSInboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reads: Bool
    private let inbox: TLSInbox
    private let handshake: EventLoopPromise<TLSSession>

    init(_ options: TLSOptions, _ inbox: TLSInbox, _ handshake: EventLoopPromise<TLSSession>) {
        reads = options.reads
        self.inbox = inbox
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.add(unwrapInboundIn(data).readableBytesView)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let name):
            let operations = context.pipeline.syncOperations
            let certificate = try? operations.nioSSL_peerCertificate()?.toDERBytes()
            if !reads { try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false) }
            handshake.succeed(
                TLSSession(
                    version: TLSOptions.Version(try? operations.nioSSL_tlsVersion()), protocolName: name, certificate: certificate ?? []))
        case TLSUserEvent.shutdownCompleted, ChannelEvent.inputClosed: inbox.end(withGoodbye: true)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(error)
        inbox.end()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(TestClientError.closed)
        inbox.end()
    }
}
