import Glibc
import Synchronization

/// The running server's ear for commands from the same machine and user.
///
/// A Unix socket of mode 0600 in the data directory; the peer's credentials are
/// checked besides. One command at a time: they are rare, and some exclude each other.
package final class ControlServer: Sendable {
    /// A payload may be an import file; more than this is refused.
    static let payloadLimit = 256 << 20

    private let path: String
    private let listener: Int32
    private let handler: CommandHandler
    private let thread: Mutex<PlatformThread?> = Mutex(nil)
    private let isStopping = Atomic<Bool>(false)

    /// Binds the socket, in place of one that a killed server left behind; the
    /// caller holds the data directory's lock, so nobody listens there.
    package init(path: String, handler: @escaping CommandHandler) throws {
        self.path = path
        self.handler = handler
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        unlink(path)
        let bound = withUnixAddress(path) { bind(listener, $0, $1) }
        guard listener >= 0, bound == 0, chmod(path, 0o600) == 0, listen(listener, 8) == 0 else {
            let reason = bound == nil ? "the path is longer than 107 bytes" : FileSystem.lastError()
            close(listener)
            throw StorageError.io(message: "\(path): \(reason)")
        }
        let started = PlatformThread.start("control") { self.run() }
        thread.withLock { $0 = started }
    }

    package func stop() {
        guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        thread.withLock { $0 }?.join()
        close(listener)
        unlink(path)
    }

    private func run() {
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            let file = accept(listener, nil, nil)
            guard file >= 0 else {
                // Out of descriptors or memory passes; a closed ear would stay closed.
                if !isStopping.load(ordering: .sequentiallyConsistent) { usleep(50_000) }
                continue
            }
            // A peer that connects and says nothing must block neither the next one nor the end.
            var step = timeval(tv_sec: 0, tv_usec: Int(SocketStream.stepMilliseconds) * 1000)
            setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &step, socklen_t(MemoryLayout<timeval>.size))
            var patience = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            serve(SocketStream(file) { self.isStopping.load(ordering: .sequentiallyConsistent) })
        }
    }

    private func serve(_ stream: SocketStream) {
        guard stream.peerIsSelfOrRoot else { return answer(stream, failure: CommandFailure("this socket is for the server's own user")) }
        guard let line = stream.line(limit: 65536), let head = try? JSONValue.parse(line), let command = head["command"]?.string,
            let size = head["payload_bytes"]?.int, (0...Self.payloadLimit).contains(size), let payload = stream.block(size)
        else { return answer(stream, failure: CommandFailure("the request is not understood", exit: 2)) }
        let request = ControlRequest(command: command, arguments: head["arguments"] ?? .null, payload: payload)
        let lines: Monitor<(lines: [JSONValue], isDone: Bool)> = Monitor(([], false))
        let handler = self.handler
        Task {
            let last: JSONValue
            do {
                let result = try await handler(request) { progress in
                    lines.signalling { $0.lines.append(.object(JSONObject([("progress", progress.json)]))) }
                }
                last = .object(JSONObject([("result", result)]))
            } catch {
                last = Self.line(for: error as? CommandFailure ?? CommandFailure("\(error)"))
            }
            lines.signalling {
                $0.lines.append(last)
                $0.isDone = true
            }
        }
        var isListening = true
        while true {
            let batch = lines.wait { state -> (lines: [JSONValue], isDone: Bool)? in
                guard !state.lines.isEmpty else { return nil }
                defer { state.lines = [] }
                return state
            }
            guard let batch else { continue }
            // A client that went away does not stop the command; its outcome is only not told.
            for line in batch.lines where isListening { isListening = stream.write(line.bytes + [10]) }
            if batch.isDone { return }
        }
    }

    private func answer(_ stream: SocketStream, failure: CommandFailure) { _ = stream.write(Self.line(for: failure).bytes + [10]) }

    private static func line(for failure: CommandFailure) -> JSONValue {
        let fields = JSONObject([("message", .string(failure.message)), ("exit", .number("\(failure.exit)"))])
        return .object(JSONObject([("error", .object(fields))]))
    }
}
