/// Finds out who the client is behind proxies that are trusted to say so.
///
/// The list of `X-Forwarded-For` is read from its right end, where the nearest proxy wrote, and only as long as
/// the hop that vouches for the next one is trusted: what a client puts there itself is never believed.
enum ClientAddress {
    static func resolve(peer: IPAddress?, headers: HTTPHeaders, trusted: [CIDR]) -> IPAddress? {
        guard var current = peer, isTrusted(current, trusted) else { return peer }
        for text in headers.list("x-forwarded-for").reversed() {
            guard let hop = IPAddress.hop(text) else { break }
            current = hop
            guard isTrusted(hop, trusted) else { break }
        }
        return current
    }

    /// Whether the client used HTTPS: our own TLS says so, or the trusted proxy in front of us.
    static func isSecure(peer: IPAddress?, overTLS: Bool, headers: HTTPHeaders, trusted: [CIDR]) -> Bool {
        guard let peer, isTrusted(peer, trusted), let scheme = headers.list("x-forwarded-proto").last else { return overTLS }
        return ASCIIText.equalIgnoringCase(scheme, "https")
    }

    private static func isTrusted(_ address: IPAddress, _ trusted: [CIDR]) -> Bool {
        trusted.contains { $0.contains(address) }
    }
}
