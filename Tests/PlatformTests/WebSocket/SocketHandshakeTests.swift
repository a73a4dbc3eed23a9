import Testing

@testable import Platform

@Suite("The opening handshake")
struct SocketHandshakeTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private func incoming(_ change: (inout [(String, String)]) -> Void = { _ in }) -> IncomingRequest {
        var headers = [
            ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", Self.key),
        ]
        change(&headers)
        return IncomingRequest(method: "GET", target: "/", headers: HTTPHeaders(headers), received: Timestamp(seconds: 0))
    }

    @Test("The answer to the standard's own example is the standard's")
    func example() throws {
        #expect(try SocketHandshake(incoming())?.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test("Names match without regard to case, also in lists")
    func spelling() throws {
        let request = incoming { headers in
            headers[0] = ("upgrade", "h2c, WebSocket")
            headers[1] = ("CONNECTION", "UPGRADE")
        }
        #expect(try SocketHandshake(request) != nil)
    }

    @Test("What asks for no WebSocket is none: another protocol, no Connection, another method, HTTP/1.0")
    func others() throws {
        #expect(try SocketHandshake(incoming { $0[0] = ("Upgrade", "h2c") }) == nil)
        #expect(try SocketHandshake(incoming { $0[1] = ("Connection", "close") }) == nil)
        var post = incoming()
        post.method = "POST"
        #expect(try SocketHandshake(post) == nil)
        var old = incoming()
        old.canSwitchProtocols = false
        #expect(try SocketHandshake(old) == nil)
    }

    @Test("A version other than 13 is refused, and so is a key that is no key")
    func malformed() {
        #expect(throws: SocketRefusal.unsupportedVersion) { try SocketHandshake(incoming { $0[2] = ("Sec-WebSocket-Version", "8") }) }
        #expect(throws: SocketRefusal.unsupportedVersion) { try SocketHandshake(incoming { $0.remove(at: 2) }) }
        for key in ["", "c2hvcnQ=", "not base64!!!!!!!!!!!!!!", Self.key + "AA"] {
            #expect(throws: SocketRefusal.malformed) { try SocketHandshake(incoming { $0[3] = ("Sec-WebSocket-Key", key) }) }
        }
        #expect(throws: SocketRefusal.malformed) { try SocketHandshake(incoming { $0.append(("Sec-WebSocket-Key", Self.key)) }) }
        var withBody = incoming()
        withBody.body = [1]
        #expect(throws: SocketRefusal.malformed) { try SocketHandshake(withBody) }
    }

    private func credential(_ query: String = "", _ headers: [(String, String)] = []) throws -> SocketCredential? {
        try SocketCredential.find(
            in: HTTPRequest(method: "GET", path: "/", rawQuery: query, headers: HTTPHeaders(headers), received: Timestamp(seconds: 0)))
    }

    @Test("The token may stand in the header, in the subprotocol or in the query, and is looked for in this order")
    func credentials() throws {
        let (header, offered) = (("Authorization", "Bearer a"), ("Sec-WebSocket-Protocol", "bearer, b"))
        #expect(try credential("token=c", [header, offered]) == .token("a"))
        #expect(try credential("token=c", [offered]) == .token("b"))
        #expect(try credential("token=c") == .token("c"))
        #expect(try credential("", [("Sec-WebSocket-Protocol", "ticket, t")]) == .ticket("t"))
        #expect(try credential("ticket=t&token=c") == .ticket("t"))
        #expect(try credential("", [("Sec-WebSocket-Protocol", "chat")]) == nil)
        #expect(try credential() == nil)
        #expect(throws: HTTPError.badAuthorizationHeader) { try credential("token=c", [("Authorization", "Bearer a b")]) }
    }
}
