import CPlatform
import Glibc

/// A thread of our own, for work that blocks: it must never stand on the
/// cooperative pool, which has one thread a core.
final class PlatformThread: @unchecked Sendable {
    // Safety: `handle` is written once by `start`, before the object is shared,
    // and read by `join`, which its one owner calls at most once.
    private var handle = pthread_t()

    private init() {}

    /// Starts `body` on a new thread of the given name (15 bytes are kept).
    ///
    /// - Parameter niceness: from 0 to 19, how much it gives way to other threads when all cores are busy.
    static func start(_ name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) -> PlatformThread {
        let thread = PlatformThread()
        let box = Unmanaged.passRetained(
            Body {
                jobraker_name_thread(String(name.prefix(15)))
                // On Linux this is the calling thread's own.
                if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
                body()
            })
        let created = pthread_create(
            &thread.handle, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(created == 0, "the system refused a thread at start")
        return thread
    }

    /// Waits for the thread to end.
    func join() { pthread_join(handle, nil) }

    /// Lets the thread end by itself; nobody joins it.
    func detach() { pthread_detach(handle) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
