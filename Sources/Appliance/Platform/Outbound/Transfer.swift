import CCurl
import Glibc

/// One request under way in libcurl.
///
/// Lives on the transfer thread alone. The callbacks get a plain pointer to it:
/// the loop keeps the object until its handle is out of libcurl.
final class Transfer {
    let order: TransferOrder
    let easy: UnsafeMutableRawPointer
    private(set) var deadlines: TransferDeadlines
    private(set) var status: Int?
    /// What we ourselves stopped it for; libcurl then only knows that it was stopped.
    private var failure: OutboundError?
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var bodyBytes = 0
    /// Whether libcurl wanted to connect to a machine that the request may not reach.
    private var wasOutOfReach = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Nil when libcurl has no memory left, or refuses an option.
    init?(_ order: TransferOrder) {
        guard let easy = curl_easy_init() else { return nil }
        self.order = order
        self.easy = easy
        deadlines = TransferDeadlines(order.request.limits, at: steadyMilliseconds())
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure() else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The limit that has run out, if one has.
    func expire(at now: Int64) -> OutboundError? { deadlines.expired(at: now).map { .timeout($0) } }

    func resume() -> CURLcode {
        deadlines.resumed(at: steadyMilliseconds())
        return curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// What libcurl's result means for the reader.
    func error(of result: CURLcode) -> OutboundError? {
        if let failure { return failure }
        switch result {
        case CURLE_OK: return nil
        case CURLE_OPERATION_TIMEDOUT: return .timeout(deadlines.next.limit)
        default:
            if wasOutOfReach, deadlines.isConnecting { return .outOfReach }
            let text = errorText.pointee == 0 ? String(cString: curl_easy_strerror(result)) : String(cString: errorText)
            return deadlines.isConnecting ? .connect(text) : .broken(text)
        }
    }

    // MARK: Callbacks

    /// The socket for a connection that libcurl is about to make; -1 keeps it from making it.
    ///
    /// What it hands over here is what it connects to, so a name that stands for another machine than a moment ago gains
    /// nothing. Of a name with several addresses those that may be reached are tried.
    fileprivate func openSocket(_ wanted: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        guard let address = SocketAddress(wanted), address.isPublic, OutboundReach.isPublicPort(address.port) else {
            wasOutOfReach = true
            return CURL_SOCKET_BAD
        }
        return ccurl_open_socket(wanted)
    }

    fileprivate func connected() {
        deadlines.connected(at: steadyMilliseconds())
    }

    /// One header line. Interim responses (1xx) are passed over, trailers ignored.
    fileprivate func header(_ line: UnsafeRawBufferPointer) -> Int {
        guard status == nil else { return line.count }
        headerBytes += line.count
        guard headerBytes <= 64 << 10 else {
            failure = .tooLarge
            return 0
        }
        let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r\n" && $0 != "\n" }
        if text.isEmpty {
            var code = 0
            ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &code)
            guard code >= 200 else { return line.count }
            status = code
            order.channel.deliver(ResponseHead(status: code, headers: OutboundHeaders(headers)))
        } else if text.hasPrefix("HTTP/") {
            headers = []
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.append((String(text[..<colon]), String(value)))
        }
        return line.count
    }

    fileprivate func body(_ piece: UnsafeRawBufferPointer) -> Int {
        guard bodyBytes + piece.count <= order.request.limits.maximumResponseBytes else {
            failure = .tooLarge
            return 0
        }
        switch order.channel.offer(piece) {
        case .taken:
            bodyBytes += piece.count
            deadlines.received(at: steadyMilliseconds())
            return piece.count
        case .full:
            deadlines.paused(at: steadyMilliseconds())
            return Int(CURL_WRITEFUNC_PAUSE)
        case .closed:
            failure = .cancelled
            return 0
        }
    }

    // MARK: Options

    private func configure() -> Bool {
        let request = order.request
        let this = Unmanaged.passUnretained(self).toOpaque()
        var codes = [
            ccurl_set_text(easy, CURLOPT_URL, request.url),
            ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
            // An empty text also switches off the proxies named by the environment.
            ccurl_set_text(easy, CURLOPT_PROXY, ""),
            // One connection a transfer: a paused reader must not hold up others on a shared HTTP/2 connection.
            ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            // Without it, giving up on a name lookup waits for the resolver and with it stops every transfer.
            ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1),
            // libcurl needs to know the limit to leave time for a host's second address.
            ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, request.limits.connect),
            ccurl_set_text(easy, CURLOPT_USERAGENT, "jobraker"),
            ccurl_set_pointer(easy, CURLOPT_PRIVATE, this),
            ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
            ccurl_set_connected_callback(easy, onConnected, this),
            ccurl_set_header_callback(easy, onHeader, this),
            ccurl_set_body_callback(easy, onBody, this),
        ]
        if request.reach == .publicOnly {
            codes += [
                ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https"),
                ccurl_set_open_socket_callback(easy, onOpenSocket, this),
                // A connection that is kept was opened for another request, which may have reached further; and those that
                // users ask for would drive out the ones to the provider.
                ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1),
                ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1),
            ]
        }
        if request.method == "HEAD" { codes.append(ccurl_set_long(easy, CURLOPT_NOBODY, 1)) }
        let body = request.body ?? (request.method == "POST" || request.method == "PUT" ? [] : nil)
        if let body {
            codes.append(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // The empty array's pointer may be nil, which libcurl reads as "from the standard input".
            codes.append((body.isEmpty ? [0] : body).withUnsafeBytes { copyBody($0) })
        }
        codes.append(ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method))
        let listed = listHeaders(request.headers)
        codes.append(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList))
        return listed && codes.allSatisfy { $0 == CURLE_OK }
    }

    private func copyBody(_ bytes: UnsafeRawBufferPointer) -> CURLcode {
        ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    /// False when memory ran out half-way: a request without one of its headers must not go out.
    private func listHeaders(_ fields: [(name: String, value: String)]) -> Bool {
        // "Name:" takes out a header that libcurl would add by itself, "Name;" sends an empty one.
        var lines = ["Expect:"]
        if !fields.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        lines += fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else { return false }
            headerList = longer
        }
        return true
    }
}

/// Milliseconds of a clock that is never set.
func steadyMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

private let onOpenSocket: curl_opensocket_callback = { context, _, wanted in
    guard let context, let wanted else { return CURL_SOCKET_BAD }
    return transfer(context).openSocket(wanted)
}

private let onConnected: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    transfer(context).connected()
    return CURL_PREREQFUNC_OK
}

private let onHeader: curl_write_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    return transfer(context).header(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private let onBody: curl_write_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    return transfer(context).body(UnsafeRawBufferPointer(start: bytes, count: size * count))
}
