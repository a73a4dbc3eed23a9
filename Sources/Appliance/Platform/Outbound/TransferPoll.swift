import CCurl
import CPlatform
import Glibc

/// Waits until something happens on libcurl's sockets, and lets libcurl work on those alone where it did.
///
/// `curl_multi_perform` looks at every transfer, with a system call for each: two hundred answers that came piece by piece
/// made ninety thousand calls a second, nearly all of them for nothing.
///
/// It lives on the transfer thread, where libcurl calls it back, and must outlive libcurl's handle.
final class TransferPoll {
    private static let eventsAtOnce = 64

    private let multi: UnsafeMutableRawPointer
    private let signal: TransferSignal
    private var events = [epoll_event](repeating: epoll_event(), count: eventsAtOnce)
    /// Sockets on which something has happened.
    private var ready: [Int32] = []
    /// When libcurl wants to work, whatever happens.
    private var alarm: Int64?

    init(_ multi: UnsafeMutableRawPointer, _ signal: TransferSignal) {
        self.multi = multi
        self.signal = signal
        let this = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_socket_callback(multi, onSocket, this)
        ccurl_multi_set_timer_callback(multi, onTimer, this)
    }

    /// Waits, at most so many milliseconds. Whoever has called `wake` finds what it left looked at after this.
    func wait(_ milliseconds: Int64) {
        let time = alarm.map { min(milliseconds, max(0, $0 - steadyMilliseconds())) } ?? milliseconds
        let count = epoll_wait(signal.epoll, &events, Int32(events.count), Int32(time))
        for event in events.prefix(max(0, Int(count))) where !signal.isWakeUp(event.data.fd) { ready.append(event.data.fd) }
    }

    /// Lets libcurl do what there is to do. It finds out by itself what has happened on a socket, and passes over one that
    /// it has closed meanwhile.
    func work() {
        var running: Int32 = 0
        for socket in ready { curl_multi_socket_action(multi, socket, 0, &running) }
        ready.removeAll(keepingCapacity: true)
        if let alarm, alarm <= steadyMilliseconds() {
            self.alarm = nil
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }
    }

    // MARK: Callbacks

    fileprivate func watch(_ socket: Int32, _ what: Int32) -> Bool {
        if what == CURL_POLL_REMOVE {
            signal.forget(socket)
            return true
        }
        let reads = what & CURL_POLL_IN != 0 ? EPOLLIN.rawValue : 0
        let writes = what & CURL_POLL_OUT != 0 ? EPOLLOUT.rawValue : 0
        return signal.watch(socket, for: reads | writes)
    }

    fileprivate func setAlarm(in milliseconds: Int) {
        alarm = milliseconds < 0 ? nil : steadyMilliseconds() + Int64(milliseconds)
    }
}

private func transferPoll(_ context: UnsafeMutableRawPointer) -> TransferPoll {
    Unmanaged<TransferPoll>.fromOpaque(context).takeUnretainedValue()
}

private let onSocket: curl_socket_callback = { _, socket, what, context, _ in
    guard let context, transferPoll(context).watch(socket, what) else { return -1 }
    return 0
}

private let onTimer: curl_multi_timer_callback = { _, milliseconds, context in
    guard let context else { return -1 }
    transferPoll(context).setAlarm(in: milliseconds)
    return 0
}
