import Glibc
import Synchronization

/// Writes log lines from a thread of its own, so that no request waits for whoever reads the log.
///
/// The first line goes out at once; what comes while it is being written, and within the two milliseconds after,
/// goes out together: a loaded server makes some hundred `write` calls a second instead of one a request. A reader
/// that stops reading stops the thread and nobody else: beyond a mebibyte lines are dropped and counted, and the
/// count is written as soon as there is room. `close` writes what is left. A killed process loses at most
/// what came in the last milliseconds.
package final class LogOutput: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var dropped = 0
        var isClosed = false
    }

    private enum Step {
        case write([UInt8], dropped: Int)
        case end
    }

    /// Bytes that may wait.
    static let limit = 1 << 20
    private static let pauseMicroseconds: UInt32 = 2_000

    private let descriptor: Int32
    private let limit: Int
    private let state = Monitor(State())
    private let thread: Mutex<PlatformThread?> = Mutex(nil)

    /// Writes to `descriptor`, which stays the caller's to close.
    package convenience init(descriptor: Int32 = 2) {
        self.init(descriptor: descriptor, limit: Self.limit)
    }

    init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
        let state = self.state
        let started = PlatformThread.start("log") { Self.run(state, descriptor) }
        thread.withLock { $0 = started }
    }

    /// Takes one line, with its end. Never waits.
    package func write(_ line: [UInt8]) {
        state.signalling { state in
            guard !state.isClosed, state.pending.count + line.count <= limit else { return state.dropped += 1 }
            state.pending += line
        }
    }

    /// Writes what waits and ends the thread. What comes afterwards is dropped. Blocking.
    package func close() {
        state.signalling { $0.isClosed = true }
        let running = thread.withLock { slot in
            defer { slot = nil }
            return slot
        }
        running?.join()
    }

    private static func run(_ state: Monitor<State>, _ descriptor: Int32) {
        while true {
            let step: Step? = state.wait { state in
                guard !state.pending.isEmpty || state.dropped > 0 else { return state.isClosed ? .end : nil }
                defer {
                    state.pending = []
                    state.dropped = 0
                }
                return .write(state.pending, dropped: state.dropped)
            }
            guard case .write(let bytes, let dropped) = step else { return }
            writeAll(bytes, descriptor)
            if dropped > 0 { writeAll(Array("\(dropped) log lines were dropped: the log's reader was too slow.\n".utf8), descriptor) }
            usleep(pauseMicroseconds)
        }
    }

    /// A reader that is gone must not stop the server, so what cannot be written is dropped.
    private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}
