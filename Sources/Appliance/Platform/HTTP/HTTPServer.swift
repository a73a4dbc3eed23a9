import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Listens on one address and answers what comes with a dispatcher.
///
/// `start` once, `stop` as often as one likes. Hummingbird's core listens, accepts and quiesces; the connection's
/// pipeline is our own.
package final class HTTPServer: Sendable {
    private struct Running {
        let server: Server<HTTPChildChannel>
        let task: Task<Void, any Error>
    }

    private let configuration: HTTPServerConfiguration
    private let dispatcher: Dispatcher
    private let tls: TLSContextStore?
    private let group: any EventLoopGroup
    private let registry: ConnectionRegistry
    private let running = Mutex<Running?>(nil)

    /// With `tls`, every connection begins with a handshake; without, it is plain HTTP.
    package init(
        configuration: HTTPServerConfiguration, dispatcher: Dispatcher, tls: TLSContextStore? = nil,
        eventLoopGroup: (any EventLoopGroup)? = nil
    ) {
        self.configuration = configuration
        self.dispatcher = dispatcher
        self.tls = tls
        group = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        registry = ConnectionRegistry(limit: configuration.limits.connections)
    }

    /// How many connections are open.
    package var connectionCount: Int { registry.count }

    /// Begins to listen and returns the port. Throws when the address cannot be had.
    package func start() async throws -> Int {
        let (ports, announce) = AsyncThrowingStream.makeStream(of: Int.self)
        let server = Server(
            childChannelSetup: HTTPChildChannel(dispatcher: dispatcher, limits: configuration.limits, registry: registry, tls: tls),
            configuration: ServerConfiguration(address: .hostname(configuration.host, port: configuration.port), backlog: 1_024),
            onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) },
            eventLoopGroup: group,
            logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            do {
                try await server.run()
                announce.finish()
            } catch {
                announce.finish(throwing: error)
                throw error
            }
        }
        running.withLock { $0 = Running(server: server, task: task) }
        for try await port in ports { return port }
        throw CancellationError()
    }

    /// Stops listening, lets requests that are being answered finish, and closes each connection after its
    /// answer, idle ones at once. What is still open after so many seconds is cut.
    package func stop(drainSeconds: Double = 10) async {
        guard let running = running.withLock({ $0 }) else { return }
        let cut = Task { [registry] in
            try await Task.sleep(for: .seconds(max(0, drainSeconds)))
            registry.closeAll()
        }
        try? await running.server.shutdownGracefully()
        defer { cut.cancel() }
        _ = await running.task.result
        await registry.untilEmpty()
    }
}
