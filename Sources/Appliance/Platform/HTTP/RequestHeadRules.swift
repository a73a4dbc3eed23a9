import NIOHTTP1

/// What a request's head promises about the rest of the request.
struct RequestHeadRules {
    /// Whether the head can be answered at all; nil if it can.
    ///
    /// These are the doubts that the parser leaves, where another server in front of this one could see another
    /// end of the request (RFC 9112, 6.3 and 11.2), or another host. The answer to each is to refuse and close.
    static func problem(of head: HTTPRequestHead, limits: HTTPLimits) -> HTTPError? {
        let badRequest = HTTPError.badRequest(detail: "Bad request.")
        guard head.uri.utf8.count <= limits.target, head.version.major == 1, head.method != .CONNECT else { return badRequest }
        if head.method == .TRACE { return .methodNotAllowed("TRACE", allow: ["GET", "HEAD", "OPTIONS"]) }
        guard head.uri.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") }) else { return badRequest }

        let encodings = head.headers["transfer-encoding"]
        let lengths = head.headers["content-length"]
        guard lengths.count <= 1, encodings.count <= 1, lengths.isEmpty || encodings.isEmpty else { return badRequest }
        if let length = lengths.first {
            guard 1...18 ~= length.utf8.count, length.utf8.allSatisfy(ASCIIText.isDigit) else { return badRequest }
        }
        if let encoding = encodings.first {
            guard ASCIIText.equalIgnoringCase(encoding, "chunked"), head.version.minor >= 1 else { return badRequest }
        }

        let hosts = head.headers["host"]
        guard hosts.count <= 1, head.version.minor == 0 || hosts.count == 1 else { return badRequest }
        if let host = hosts.first {
            guard isHost(host) else { return badRequest }
            if let authority = IncomingRequest.authority(of: head.uri), !ASCIIText.equalIgnoringCase(authority, host) { return badRequest }
        }
        return nil
    }

    /// A name or address with an optional port. It goes into absolute URLs, so nothing else may.
    private static func isHost(_ text: String) -> Bool {
        guard 1...261 ~= text.utf8.count else { return false }
        return text.utf8.allSatisfy { ASCIIText.isAlphanumeric($0) || ".-_:[]".utf8.contains($0) }
    }

    static func contentLength(_ head: HTTPRequestHead) -> Int? {
        head.headers.first(name: "content-length").flatMap { Int($0) }
    }

    static func hasBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "transfer-encoding") || (contentLength(head) ?? 0) > 0
    }

    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version.minor >= 1 && ASCIIText.equalIgnoringCase(head.headers.first(name: "expect") ?? "", "100-continue")
    }

    /// Whether the connection can carry another request. HTTP/1.0 ends with its first one, and so does a request to
    /// change the protocol, behind which the parser reads no further.
    static func isLast(_ head: HTTPRequestHead) -> Bool {
        head.version.minor == 0 || !head.isKeepAlive || head.headers.contains(name: "upgrade")
    }
}
