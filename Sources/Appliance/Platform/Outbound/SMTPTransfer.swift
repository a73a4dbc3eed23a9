import CCurl
import Glibc

/// One mail under way in libcurl, on the thread that sends mail.
///
/// libcurl waits without its multi interface for the answer to a mail and to QUIT: on the thread of the other
/// transfers, one slow mail server would hold up every answer that is being streamed. So mail has a thread of its own,
/// and there each transfer runs from its beginning to its end. Each has its own connection: one that was kept could
/// have died unseen, and then it is not known what became of the mail.
final class SMTPTransfer {
    private let easy: UnsafeMutableRawPointer
    private let message: SMTPMessage
    private let server: SMTPServer
    /// Asked about once a second, and with each piece.
    private let isCancelled: () -> Bool
    private var dialogue = SMTPDialogue()
    private var offset = 0
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Nil when libcurl has no memory left, or refuses an option.
    init?(_ message: SMTPMessage, to server: SMTPServer, isCancelled: @escaping () -> Bool) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.message = message
        self.server = server
        self.isCancelled = isCancelled
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure() else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(recipients)
        errorText.deallocate()
    }

    /// Blocks until the mail is handed over or is not.
    func run() -> SMTPFailure? {
        let result = curl_easy_perform(easy)
        // What the server said counts, whatever happened to the connection after that.
        if dialogue.isAccepted { return nil }
        if result == CURLE_ABORTED_BY_CALLBACK, dialogue.stage < .body, isCancelled() { return .cancelled }
        let text = errorText.pointee == 0 ? String(cString: curl_easy_strerror(result)) : String(cString: errorText)
        return dialogue.failure(MailHeaderText(text).text)
    }

    // MARK: Callbacks

    /// Ends a transfer that nobody wants any more, and the wait for the answer to a goodbye.
    fileprivate var mustEnd: Bool { dialogue.isOver || isCancelled() }

    fileprivate func said(_ bytes: UnsafeRawBufferPointer) { dialogue.sent(bytes) }

    fileprivate func heard(_ bytes: UnsafeRawBufferPointer) { dialogue.received(String(decoding: bytes, as: UTF8.self)) }

    fileprivate func nextPiece(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, message.bytes.count - offset)
        message.bytes.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
        offset += count
        if offset == message.bytes.count { dialogue.sentWholeBody() }
        return count
    }

    // MARK: Options

    private var url: String {
        let host = server.host.contains(":") && !server.host.hasPrefix("[") ? "[\(server.host)]" : server.host
        // The path is the name that this machine greets with.
        let domain = message.from.domain
        let name = domain.utf8.allSatisfy { ASCIIText.isAlphanumeric($0) || "-.".utf8.contains($0) } ? String(domain) : "localhost"
        return "\(server.security == .tls ? "smtps" : "smtp")://\(host):\(server.port)/\(name)"
    }

    private func configure() -> Bool {
        let this = Unmanaged.passUnretained(self).toOpaque()
        guard let list = curl_slist_append(nil, "<\(message.to)>") else { return false }
        recipients = list
        let seconds = max(1, server.timeoutSeconds)
        var codes = [
            ccurl_set_text(easy, CURLOPT_URL, url),
            ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            ccurl_set_text(easy, CURLOPT_PROXY, ""),
            ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1),
            ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1),
            ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1),
            ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, min(seconds, 15) * 1000),
            ccurl_set_long(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds),
            ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, seconds * 2000),
            ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1),
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2),
            ccurl_set_long(easy, CURLOPT_USE_SSL, Int((server.security == .plain ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)),
            ccurl_set_text(easy, CURLOPT_MAIL_FROM, "<\(message.from)>"),
            ccurl_set_list(easy, CURLOPT_MAIL_RCPT, list),
            ccurl_set_long(easy, CURLOPT_UPLOAD, 1),
            ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(message.bytes.count)),
            ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
            ccurl_set_read_callback(easy, onRead, this),
            ccurl_set_body_callback(easy, onReply, this),
            // What is said is seen through the debugging callback alone; nothing is printed.
            ccurl_set_debug_callback(easy, onTalk, this),
            ccurl_set_long(easy, CURLOPT_VERBOSE, 1),
            ccurl_set_progress_callback(easy, onProgress, this),
            ccurl_set_long(easy, CURLOPT_NOPROGRESS, 0),
        ]
        if !server.authorities.isEmpty {
            codes.append(ccurl_set_text(easy, CURLOPT_CAINFO, server.authorities))
            // Without this, the system's directory of authorities would count beside the file.
            codes.append(ccurl_set_text(easy, CURLOPT_CAPATH, nil))
        }
        if !server.user.isEmpty {
            codes.append(ccurl_set_text(easy, CURLOPT_USERNAME, server.user))
            codes.append(ccurl_set_text(easy, CURLOPT_PASSWORD, server.password))
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }
}

private func transfer(_ context: UnsafeMutableRawPointer) -> SMTPTransfer {
    Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

private let onRead: curl_read_callback = { room, size, count, context in
    guard let room, let context else { return Int(CURL_READFUNC_ABORT) }
    return transfer(context).nextPiece(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

/// Nothing comes but replies, which the debugging callback sees as well.
private let onReply: curl_write_callback = { _, size, count, _ in size * count }

private let onTalk: curl_debug_callback = { _, kind, bytes, count, context in
    guard let bytes, let context else { return 0 }
    let text = UnsafeRawBufferPointer(start: bytes, count: count)
    switch kind {
    case CURLINFO_HEADER_OUT: transfer(context).said(text)
    case CURLINFO_HEADER_IN: transfer(context).heard(text)
    default: break
    }
    return 0
}

private let onProgress: curl_xferinfo_callback = { context, _, _, _, _ in
    guard let context else { return 1 }
    return transfer(context).mustEnd ? 1 : 0
}
