import CPlatform
import Glibc

/// What the transfer thread sleeps on: the sockets that are put into its epoll, and an event by which others wake it.
///
/// It may be used from any thread; its descriptors live as long as it does.
final class TransferSignal: Sendable {
    let epoll: Int32
    private let event: Int32

    /// Nil when the process has no descriptors left.
    init?() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard epoll >= 0, event >= 0, watch(event, for: EPOLLIN.rawValue) else { return nil }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
        if event >= 0 { close(event) }
    }

    /// Ends a wait, now or the next one.
    func wake() {
        var one: UInt64 = 1
        // Where it fails, as many have woken it before as can be counted.
        _ = write(event, &one, 8)
    }

    /// Takes the wake-up back, if this descriptor is where one came in.
    func isWakeUp(_ descriptor: Int32) -> Bool {
        guard descriptor == event else { return false }
        var count: UInt64 = 0
        _ = read(event, &count, 8)
        return true
    }

    /// False when there is no room for it.
    func watch(_ descriptor: Int32, for events: UInt32) -> Bool {
        var wanted = epoll_event()
        wanted.events = events
        wanted.data.fd = descriptor
        return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &wanted) == 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &wanted) == 0
    }

    func forget(_ descriptor: Int32) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }
}
