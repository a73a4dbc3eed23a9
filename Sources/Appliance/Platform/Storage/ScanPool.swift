import Synchronization

/// Two threads for reads that may take long: full-text search, exports,
/// statistics, snapshots. On the cooperative pool they would stall everybody.
/// They give way to the threads of requests, which are at work for microseconds
/// at a time and would wait for these by turns of milliseconds.
final class ScanPool: Sendable {
    private typealias Work = @Sendable (Result<Reader, any Error>) -> Void

    private struct State {
        var waiting: [Work] = []
        var isClosed = false
    }

    private let path: String
    private let limit: Int
    private let state: Monitor<State> = Monitor(State())
    private let threads: Mutex<[PlatformThread]> = Mutex([])

    init(path: String, threads count: Int = 2, limit: Int = 128) {
        self.path = path
        self.limit = limit
        let started = (0..<count).map { index in PlatformThread.start("scan-\(index)", niceness: 5) { self.run() } }
        threads.withLock { $0 = started }
    }

    func scan<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let refusal: StorageError? = state.signalling { state in
                if state.isClosed { return .closed }
                if state.waiting.count >= limit { return .queueFull }
                state.waiting.append { reader in
                    continuation.resume(
                        with: Result {
                            let reader = try reader.get()
                            return try reader.connection.reading { try body(reader) }
                        })
                }
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Serves what waits, then ends the threads and closes their connections.
    func close() {
        state.signalling { $0.isClosed = true }
        for thread in threads.withLock({ list in
            defer { list = [] }
            return list
        }) { thread.join() }
    }

    private func run() {
        var reader: Reader?
        while true {
            let work: Work?? = state.wait { state in
                if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
                return state.isClosed ? .some(nil) : nil
            }
            guard case .some(.some(let work)) = work else { return }
            work(
                Result {
                    if let reader { return reader }
                    let opened = Reader(connection: try Connection(path: path, role: .reader))
                    reader = opened
                    return opened
                })
        }
    }
}
