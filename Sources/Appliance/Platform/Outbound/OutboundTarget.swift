import CCurl

/// Where a request goes, taken apart and checked before anything is opened.
///
/// Only http and https; no user name or password inside the address (they
/// would end up in logs); nothing in the method or in a header that could
/// start a line of its own on the wire.
struct OutboundTarget: Sendable, Equatable {
    /// `host:port`, lower case: what a circuit breaker is kept for.
    let host: String

    init(_ request: OutboundRequest) throws(OutboundError) {
        guard request.method.utf8.allSatisfy({ (65...90).contains($0) }), !request.method.isEmpty else {
            throw .broken("the method is not a word of capital letters")
        }
        for header in request.headers {
            guard Self.isToken(header.name), Self.isFieldValue(header.value) else {
                throw .broken("a request header has characters that HTTP does not allow")
            }
        }
        guard let parts = curl_url() else { throw .broken("out of memory") }
        defer { curl_url_cleanup(parts) }
        guard !request.url.utf8.contains(0), curl_url_set(parts, CURLUPART_URL, request.url, 0) == CURLUE_OK else {
            throw .broken("the address is not a URL")
        }
        guard let scheme = Self.part(parts, CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
            throw .broken("the address is neither http nor https")
        }
        guard Self.part(parts, CURLUPART_USER) == nil, Self.part(parts, CURLUPART_PASSWORD) == nil else {
            throw .broken("the address contains a user name or password")
        }
        let name = Self.part(parts, CURLUPART_HOST) ?? ""
        let port = Self.part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT) ?? ""
        host = "\(name.lowercased()):\(port)"
        guard request.reach == .publicOnly else { return }
        guard scheme == "https" else { throw .broken("the address is not https") }
        guard Int(port).map({ OutboundReach.isPublicPort($0) }) ?? false else { throw .broken("the address has a port that is not served") }
        // What is written as a number can be judged at once, whatever notation it came in: libcurl has made it the usual one.
        if let address = SocketAddress(host: name), !address.isPublic { throw .outOfReach }
    }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart, _ flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
    }
}
