/// A job's link without what differs between two links to the same page: letter case of scheme and host, the default
/// port, the fragment, the trailing slash, and the parameters by which campaigns are followed.
///
/// It is compared and never called or shown.
enum CanonicalURL {
    /// Empty where the link names no page of its own: no link, or a site's front page, which is the same for all its jobs.
    static func of(_ link: String) -> String {
        guard let separator = link.firstRange(of: "://") else { return "" }
        let scheme = link[..<separator.lowerBound].lowercased()
        let (address, fragment) = split(link[separator.upperBound...], at: "#")
        let (location, query) = split(address, at: "?")
        let (authority, path) = location.firstIndex(of: "/").map { (location[..<$0], location[$0...]) } ?? (location, "")
        let page = withoutTrailingSlashes(path) + parameters(query) + route(fragment)
        return page.isEmpty ? "" : scheme + "://" + host(authority, scheme: scheme) + page
    }

    private static let ports = ["http": ":80", "https": ":443", "ftp": ":21", "ftps": ":990"]

    /// Parameters that say where a visitor came from, and never which page is meant.
    private static let tracking: Set<String> = [
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "mc_cid", "mc_eid",
        "mkt_tok", "_hsenc", "_hsmi", "_ga", "_gl", "trk", "trackingid", "gh_src", "lever-source", "lever-origin",
    ]

    private static func host(_ authority: Substring, scheme: String) -> String {
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        let (user, name) = (authority[..<start], authority[start...])
        var host = name.lowercased()
        if let port = ports[scheme], host.hasSuffix(port) { host.removeLast(port.count) }
        if host.hasSuffix(".") { host.removeLast() }
        return user + host
    }

    private static func withoutTrailingSlashes(_ path: Substring) -> String {
        var path = path
        while path.last == "/" { path.removeLast() }
        return String(path)
    }

    private static func parameters(_ query: Substring) -> String {
        let kept = query.split(separator: "&").filter { field in
            let name = field.prefix { $0 != "=" }.lowercased()
            return !name.hasPrefix("utm_") && !tracking.contains(name)
        }
        return kept.isEmpty ? "" : "?" + kept.joined(separator: "&")
    }

    /// A page of a site that is one program in the browser is named by its fragment: `#/jobs/7`, `#!/jobs/7`.
    private static func route(_ fragment: Substring) -> String {
        fragment.hasPrefix("/") || fragment.hasPrefix("!") ? "#" + withoutTrailingSlashes(fragment) : ""
    }

    private static func split(_ text: Substring, at mark: Character) -> (Substring, Substring) {
        text.firstIndex(of: mark).map { (text[..<$0], text[text.index(after: $0)...]) } ?? (text, "")
    }
}
