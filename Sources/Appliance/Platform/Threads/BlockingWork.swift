/// Runs one piece of blocking work on a thread of its own, off the cooperative pool.
package enum BlockingWork {
    package static func run(_ body: @escaping @Sendable () -> Void) {
        PlatformThread.start("blocking", body).detach()
    }
}
