import NIOCore

/// Runs a request's task on its connection's event loop.
///
/// A handler is a few microseconds of work, and what may take long is elsewhere already: password hashing on its
/// pool, long queries on theirs, outbound calls on theirs. So a task stays on the thread that parsed the request and
/// will write the answer, and what resumes it from another thread wakes that thread once.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func failed(_ error: any Error) -> EventLoopFuture<Void> { eventLoop.makeFailedFuture(error) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure holds the executor until the job has run.
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
