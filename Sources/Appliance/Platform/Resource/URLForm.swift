/// The form of a URL, close to what the original server let pass: `http`, `https`, `ftp` or `ftps`, a host
/// name of two labels or more, `localhost` or an IP address, and no white space anywhere.
///
/// It says that a text looks like a link, not that the host may be called: what the server itself fetches is
/// judged by the outbound policy.
enum URLForm {
    static func accepts(_ text: String) -> Bool {
        guard text.unicodeScalars.count <= 2_048, !text.unicodeScalars.contains(where: TextRule.isSpace) else { return false }
        let scalars = text.unicodeScalars
        guard let colon = scalars.firstIndex(of: ":"), scalars[colon...].starts(with: "://".unicodeScalars) else { return false }
        guard ["http", "https", "ftp", "ftps"].contains(String(scalars[..<colon]).lowercased()) else { return false }
        let rest = scalars[scalars.index(colon, offsetBy: 3)...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return isAuthority(String(authority))
    }

    private static func isAuthority(_ authority: String) -> Bool {
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isHostAndPort(parts[0])
        case 2: return isUserInfo(parts[0]) && isHostAndPort(parts[1])
        default: return false
        }
    }

    private static func isUserInfo(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.first.map { !$0.isEmpty } ?? false
    }

    private static func isHostAndPort(_ text: Substring) -> Bool {
        var host = text
        let afterBracket = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[afterBracket...].firstIndex(of: ":") {
            let port = text[text.index(after: colon)...]
            guard 1...5 ~= port.count, port.unicodeScalars.allSatisfy(AddressText.isDigit) else { return false }
            host = text[..<colon]
        }
        return isHost(host)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") { return AddressText.isIPv6(String(host.dropFirst().dropLast())) }
        if host.lowercased() == "localhost" || AddressText.isIPv4(String(host)) { return true }
        guard host.utf8.count <= 253 else { return false }
        var labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.count >= 2, labels.allSatisfy(AddressText.isLabel) else { return false }
        return labels.last.map(isTopLevel) ?? false
    }

    /// A top-level domain has no digits, except in its Punycode form.
    private static func isTopLevel(_ label: Substring) -> Bool {
        if label.lowercased().hasPrefix("xn--") { return true }
        return label.unicodeScalars.count >= 2 && !label.unicodeScalars.contains(where: AddressText.isDigit)
    }
}
