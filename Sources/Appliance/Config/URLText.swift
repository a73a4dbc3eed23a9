/// The parts of an `http` or `https` address that a setting may hold. Not a general URL parser: what
/// the settings do not need (user names, queries, fragments) is refused, not understood.
struct URLText {
    let scheme: String
    let host: Substring
    let port: Int?
    let path: Substring

    init?(_ text: String) {
        guard let end = text.firstRange(of: "://") else { return nil }
        scheme = String(text[..<end.lowerBound])
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[end.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = rest[slash...]
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else { return nil }

        let authority = rest[..<slash]
        // The colons of an IPv6 address stand within its brackets.
        let colon = authority.lastIndex(of: ":").flatMap { authority.hasSuffix("]") ? nil : $0 }
        host = authority[..<(colon ?? authority.endIndex)]
        guard HostName.isBracketed(host) || HostName.isValid(host) else { return nil }
        port = colon.flatMap { HostName.port(authority[authority.index(after: $0)...], from: 1) }
        if colon != nil && port == nil { return nil }
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { HostName.isLoopback(HostName.isBracketed(host) ? host.dropFirst().dropLast() : host) }

    /// Whether a browser would write just this in an `Origin` header: lower case, no path, and no port
    /// where the scheme implies it. Origins are compared as text, so any other spelling never matches.
    var isOrigin: Bool {
        path.isEmpty && host.utf8.allSatisfy { !(65...90).contains($0) } && port != (scheme == "https" ? 443 : 80)
    }
}
