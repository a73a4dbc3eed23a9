/// A few threads of their own for password hashing, and a short queue before them.
/// (The local embedder, whose work is of the same kind, has pools of its own.)
///
/// One hash takes 32 MiB and a good part of a second. On the cooperative pool, two of them would
/// stop every request; without a bound, a burst of logins would take all memory. So at most
/// `workers` run, at most `queue` wait, and the next caller is turned away at once with `busy`.
///
/// A caller always gets an answer. `stop` turns away those who wait, lets what is
/// running finish and answer, and returns when the threads have ended.
package final class HashPool: Sendable {
    private struct Task: Sendable {
        let run: @Sendable () -> Void
        let refuse: @Sendable (HashPoolError) -> Void
    }

    private struct State: Sendable {
        var waiting: [Task] = []
        var running = 0
        var isStopped = false
        var threads: [PlatformThread] = []
    }

    private let state: Monitor<State>
    private let capacity: Int

    /// - Parameters:
    ///   - name: what the threads are called, for those who look at them from outside.
    ///   - niceness: from 0 to 19, how much they give way to other threads.
    package init(workers: Int = 2, queue: Int = 16, name: String = "hash", niceness: Int32 = 0) {
        let state = Monitor(State())
        self.state = state
        capacity = workers + queue
        let threads = (0..<workers).map { index in
            PlatformThread.start(workers > 1 ? "\(name)-\(index)" : name, niceness: niceness) { Self.work(state) }
        }
        state.withLock { $0.threads = threads }
    }

    deinit { stop() }

    /// Runs `work` on one of the pool's threads. It is not given up when the caller is cancelled.
    package func run<T: Sendable>(_ work: @escaping @Sendable () -> T) async throws(HashPoolError) -> T {
        let outcome: Result<T, HashPoolError> = await withCheckedContinuation { continuation in
            submit(
                Task(
                    run: { continuation.resume(returning: .success(work())) },
                    refuse: { continuation.resume(returning: .failure($0)) }))
        }
        return try outcome.get()
    }

    /// Ends the pool; later calls of `run` are answered with `stopped`. Stopping twice does nothing more.
    package func stop() {
        let (refused, threads) = state.signalling { state in
            defer {
                state.isStopped = true
                state.waiting = []
                state.threads = []
            }
            return (state.waiting, state.threads)
        }
        for task in refused { task.refuse(.stopped) }
        for thread in threads { thread.join() }
    }

    /// How many callers wait for a thread now.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    private func submit(_ task: Task) {
        let refusal: HashPoolError? = state.signalling { state in
            if state.isStopped { return .stopped }
            if state.running + state.waiting.count >= capacity { return .busy }
            state.waiting.append(task)
            return nil
        }
        if let refusal { task.refuse(refusal) }
    }

    private static func work(_ state: Monitor<State>) {
        while let task = next(state) {
            task.run()
            state.withLock { $0.running -= 1 }
        }
    }

    /// The next task, or nil when the pool has been stopped.
    private static func next(_ state: Monitor<State>) -> Task? {
        let next: Task?? = state.wait { state in
            if state.isStopped { return .some(nil) }
            if state.waiting.isEmpty { return nil }
            state.running += 1
            return .some(state.waiting.removeFirst())
        }
        return next ?? nil
    }
}

/// Why the pool did not run something.
package enum HashPoolError: Error, Equatable {
    /// All threads are at work and the queue is full. Over HTTP that is a 503.
    case busy
    /// The pool has been stopped: the process is going down.
    case stopped
}
