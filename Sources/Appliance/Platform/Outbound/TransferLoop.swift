import CCurl
import Glibc
import Synchronization

/// The one thread on which libcurl runs, and the inbox through which others
/// reach it.
///
/// A libcurl handle may be used by one thread at a time. So everything about a
/// transfer happens on this thread; others leave a command in the inbox and
/// wake it.
final class TransferLoop: Sendable {
    private enum Command: Sendable {
        case start(TransferOrder)
        case resume(UInt64)
        case abort(UInt64)
    }

    private struct Inbox {
        var commands: [Command] = []
        var isOpen: Bool
        /// Transfers ordered and not yet over.
        var active = 0
    }

    // Safety: the pointer is set once, and libcurl's handle behind it is used by
    // the loop's thread alone from the moment that the thread is started.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?
    private let signal = TransferSignal()
    private let inbox: Mutex<Inbox>
    private let thread: Mutex<PlatformThread?>
    private let maximumTransfers: Int

    init(maximumTransfers: Int) {
        self.maximumTransfers = maximumTransfers
        multi = libcurlIsReady ? curl_multi_init() : nil
        inbox = Mutex(Inbox(isOpen: multi != nil && signal != nil))
        thread = Mutex(nil)
        guard let multi, let signal else { return }
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 16)
        let started = PlatformThread.start("outbound") { [self] in run(signal) }
        thread.withLock { $0 = started }
    }

    /// Takes the order, or says why not; then the order is never carried out.
    func start(_ order: TransferOrder) -> OutboundError? {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return .cancelled }
            guard inbox.active < maximumTransfers else { return .connect("too many requests to other machines at once") }
            inbox.active += 1
            post(.start(order), &inbox)
            return nil
        }
    }

    func resume(_ id: UInt64) { inbox.withLock { post(.resume(id), &$0) } }
    func abort(_ id: UInt64) { inbox.withLock { post(.abort(id), &$0) } }

    /// Cancels what is under way and waits until the thread has ended.
    func stop() {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return }
            inbox.isOpen = false
            signal?.wake()
        }
        thread.withLock { $0.take() }?.join()
    }

    private func post(_ command: Command, _ inbox: inout Inbox) {
        guard inbox.isOpen else { return }
        inbox.commands.append(command)
        signal?.wake()
    }

    // MARK: On the thread

    private func run(_ signal: TransferSignal) {
        guard let multi else { return }
        // OpenSSL writes to sockets that the other side has closed: without this the signal ends the process.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let poll = TransferPoll(multi, signal)
        var transfers: [UInt64: Transfer] = [:]
        while true {
            let (commands, isOpen) = inbox.withLock { inbox in
                defer { inbox.commands = [] }
                return (inbox.commands, inbox.isOpen)
            }
            for command in commands { carryOut(command, &transfers) }
            guard isOpen else { break }
            poll.work()
            collectFinished(&transfers)
            poll.wait(expireOverdue(&transfers))
        }
        for transfer in transfers.values { finish(transfer, .cancelled, &transfers) }
        // It still calls back.
        withExtendedLifetime(poll) { _ = curl_multi_cleanup(multi) }
    }

    private func carryOut(_ command: Command, _ transfers: inout [UInt64: Transfer]) {
        switch command {
        case .start(let order):
            guard let transfer = Transfer(order), curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                end(order, nil, .broken("libcurl refused the request"))
                return
            }
            transfers[order.id] = transfer
        case .resume(let id):
            guard let transfer = transfers[id] else { return }
            let result = transfer.resume()
            if result != CURLE_OK { finish(transfer, transfer.error(of: result), &transfers) }
        case .abort(let id):
            if let transfer = transfers[id] { finish(transfer, .cancelled, &transfers) }
        }
    }

    private func collectFinished(_ transfers: inout [UInt64: Transfer]) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            var context: UnsafeMutableRawPointer?
            ccurl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard message.pointee.msg == CURLMSG_DONE, let context else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            finish(transfer, transfer.error(of: message.pointee.data.result), &transfers)
        }
    }

    /// Ends what is out of time; returns how long the next one has, at most ten seconds.
    private func expireOverdue(_ transfers: inout [UInt64: Transfer]) -> Int64 {
        let now = steadyMilliseconds()
        var nearest = now + 10_000
        for transfer in transfers.values {
            if let error = transfer.expire(at: now) {
                finish(transfer, error, &transfers)
            } else {
                nearest = min(nearest, transfer.deadlines.next.at)
            }
        }
        return nearest - now
    }

    private func finish(_ transfer: Transfer, _ error: OutboundError?, _ transfers: inout [UInt64: Transfer]) {
        curl_multi_remove_handle(multi, transfer.easy)
        transfers[transfer.order.id] = nil
        end(transfer.order, transfer.status, error)
    }

    private func end(_ order: TransferOrder, _ status: Int?, _ error: OutboundError?) {
        order.ended(status, error)
        inbox.withLock { $0.active -= 1 }
        order.channel.finish(error)
    }
}

/// libcurl's own set-up, once a process.
let libcurlIsReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK
