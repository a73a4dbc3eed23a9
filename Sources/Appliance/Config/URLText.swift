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
        let bracket = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let colon = authority[(bracket ?? authority.startIndex)...].firstIndex(of: ":")
        host = authority[..<(colon ?? authority.endIndex)]
        if bracket == nil {
            guard HostName.isValid(host) else { return nil }
        } else {
            guard host.hasSuffix("]"), IPAddress.bytes(of: String(host.dropFirst().dropLast()))?.count == 16 else { return nil }
        }
        guard let colon else {
            port = nil
            return
        }
        guard let number = PortNumber.parse(authority[authority.index(after: colon)...], from: 1) else { return nil }
        port = number
    }

    /// Whether a browser would write just this in an `Origin` header: lower case, no path, and no port
    /// where the scheme implies it. Origins are compared as text, so any other spelling never matches.
    var isOrigin: Bool {
        path.isEmpty && host.utf8.allSatisfy { !(65...90).contains($0) } && port != (scheme == "https" ? 443 : 80)
    }
}
