import CCrypto

/// The opening handshake of RFC 6455, section 4.2.
struct SocketHandshake {
    /// What the client is told to prove that its request was understood.
    let accept: String

    /// Nil when the request asks for no WebSocket; throws when it asks wrongly.
    init?(_ incoming: IncomingRequest) throws(SocketRefusal) {
        let headers = incoming.headers
        guard incoming.method == "GET", incoming.canSwitchProtocols, Self.has("websocket", in: headers.list("upgrade")),
            Self.has("upgrade", in: headers.list("connection"))
        else { return nil }
        guard headers["sec-websocket-version"] == "13" else { throw .unsupportedVersion }
        let keys = headers.all("sec-websocket-key")
        guard incoming.body.isEmpty, keys.count == 1, let key = keys.first, Base64.decode(key)?.count == 16 else { throw .malformed }
        accept = Self.accept(for: key)
    }

    private static func has(_ word: String, in list: [Substring]) -> Bool {
        list.contains { ASCIIText.equalIgnoringCase($0, word) }
    }

    /// RFC 6455, 4.2.2: the key and a constant, hashed. It proves nothing but that the server speaks WebSocket, so SHA-1 is
    /// good enough.
    static func accept(for key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        let status = EVP_Digest(text, text.count, &digest, nil, EVP_sha1(), nil)
        precondition(status == 1, "libcrypto cannot compute SHA-1")
        return Base64.encode(digest)
    }
}

/// Where a handshake carries who is asking.
enum SocketCredential: Equatable {
    case token(String)
    /// Good for one socket and a few seconds, so that it may stand in a URL.
    case ticket(String)

    /// The subprotocols `bearer` and `ticket` with the credential as a second one: the only header that a browser lets a page
    /// set.
    static let protocols = ["bearer", "ticket"]

    /// From `Authorization`, else the subprotocol, else the query. Nil for nobody.
    static func find(in request: HTTPRequest) throws(HTTPError) -> SocketCredential? {
        if let token = try BearerToken.parse(request.headers["authorization"]) { return .token(token) }
        let offered = request.headers.list("sec-websocket-protocol")
        if offered.count == 2, let chosen = chosenProtocol(of: request.headers) {
            return chosen == "ticket" ? .ticket(String(offered[1])) : .token(String(offered[1]))
        }
        guard !request.rawQuery.isEmpty else { return nil }
        if let ticket = request.query("ticket") { return .ticket(ticket) }
        return request.query("token").map { .token($0) }
    }

    /// The subprotocol that is answered: a browser that offers some and gets none gives up.
    static func chosenProtocol(of headers: HTTPHeaders) -> String? {
        guard let first = headers.list("sec-websocket-protocol").first else { return nil }
        return protocols.first { ASCIIText.equalIgnoringCase($0, first) }
    }
}
