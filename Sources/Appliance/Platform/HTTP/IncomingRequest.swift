/// A request as it comes off the wire, before anything in it is believed.
package struct IncomingRequest: Sendable {
    package var method: String
    /// The request target: a path with its query, or an absolute URL.
    package var target: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var peer: IPAddress?
    package var overTLS: Bool
    package var received: Timestamp
    /// Whether the connection could become something else after this request. HTTP/1.0 knows no such thing.
    var canSwitchProtocols = true

    package init(
        method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], peer: IPAddress? = nil,
        overTLS: Bool = false, received: Timestamp
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.overTLS = overTLS
        self.received = received
    }

    /// What is known of a request that could not be read.
    static func unreadable(peer: IPAddress?, received: Timestamp) -> IncomingRequest {
        IncomingRequest(method: "-", target: "-", peer: peer, received: received)
    }

    /// The host that an absolute target names; nil for a path.
    static func authority(of target: String) -> Substring? {
        guard target.utf8.first != UInt8(ascii: "/"), let colon = target.firstIndex(of: ":") else { return nil }
        let scheme = target[..<colon]
        guard ASCIIText.equalIgnoringCase(scheme, "http") || ASCIIText.equalIgnoringCase(scheme, "https") else { return nil }
        guard target[colon...].hasPrefix("://") else { return nil }
        return target[target.index(colon, offsetBy: 3)...].prefix { $0 != "/" && $0 != "?" }
    }

    /// The target's path and query.
    var pathAndQuery: (path: String, query: String) {
        let local: Substring
        if let authority = Self.authority(of: target) {
            local = target[authority.endIndex...]
        } else {
            local = target[...]
        }
        guard let mark = local.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(local), "") }
        return (String(local[..<mark]), String(local[local.utf8.index(after: mark)...]))
    }
}
