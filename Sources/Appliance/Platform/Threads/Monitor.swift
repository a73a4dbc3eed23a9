import Glibc

/// A mutex with one condition: the meeting place of the threads that this
/// process runs itself (the writer, the scanners).
///
/// `Synchronization.Mutex` has no condition to wait on, and a semaphore cannot
/// wait for "work, or five idle seconds". Everything here blocks, so it is
/// never waited on from the cooperative pool: callers there only lock briefly.
final class Monitor<State>: @unchecked Sendable {
    // Safety: `state` is touched only between lock and unlock of `mutex`, and
    // both pthread objects live at a stable heap address until deinit.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<T>(_ body: (inout State) throws -> T) rethrows -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `body` and wakes the waiters.
    func signalling<T>(_ body: (inout State) throws -> T) rethrows -> T {
        try withLock {
            defer { pthread_cond_broadcast(condition) }
            return try body(&$0)
        }
    }

    /// Waits until `ready` returns a value, at most `milliseconds` (nil: without
    /// end). Returns nil when the time has passed.
    func wait<T>(milliseconds: Int? = nil, until ready: (inout State) -> T?) -> T? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline = timespec()
        if let milliseconds {
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = deadline.tv_nsec + (milliseconds % 1000) * 1_000_000
            deadline.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
        }
        while true {
            if let value = ready(&state) { return value }
            if milliseconds == nil {
                pthread_cond_wait(condition, mutex)
            } else if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
                return ready(&state)
            }
        }
    }
}
