/// What becomes of a request that came in the clear although the server has HTTPS.
///
/// A browser that somebody typed an address into is sent to the same address under `https`. Everything else is refused
/// and not redirected: a client library would follow silently, with every token and password going over the wire
/// in the clear first, each time, and nobody would ever notice (OWASP ASVS 5.0, 4.1.2). A refusal is seen
/// on the first try. Probes are answered, for they carry nothing and must not depend on a certificate.
enum SecureRedirect {
    /// Plain HTTP is not answered here: 403, in the contract's shape.
    struct Refusal: HTTPFact, Equatable {
        static let detail = "This server answers over HTTPS only. Change http:// to https:// in the address."

        var status: Int { 403 }

        func writeBody(into writer: inout JSONWriter) {
            writer.object { $0.field("detail", Self.detail) }
        }
    }

    /// The paths that say whether the server is up, without the slash that may follow.
    private static let probes: Set<String> = ["/health", "/healthz", "/readyz"]

    /// The redirect, or nil for a request to be served. Throws `Refusal`.
    static func answer(to request: HTTPRequest, settings: HTTPSettings.Values) throws(Refusal) -> HTTPAnswer? {
        guard let port = settings.httpsPort, !request.isSecure else { return nil }
        let path = request.path
        if probes.contains(path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path) { return nil }
        guard isNavigation(request), path.utf8.first == UInt8(ascii: "/"), let origin = origin(request, settings, port: port) else {
            throw Refusal()
        }
        let query = request.rawQuery.isEmpty ? "" : "?" + request.rawQuery
        return HTTPAnswer(status: 301, headers: [("Location", origin + path + query)])
    }

    /// Whether a person in front of a browser asked for it. A token says that it was a program.
    private static func isNavigation(_ request: HTTPRequest) -> Bool {
        guard request.method == "GET" || request.method == "HEAD", request.headers["authorization"] == nil else { return false }
        if let mode = request.headers["sec-fetch-mode"] { return mode == "navigate" }
        return prefersHTML(request.headers.list("accept"))
    }

    /// Whether HTML is named, and JSON not before it. Libraries send `*/*` or JSON.
    static func prefersHTML(_ accept: [Substring]) -> Bool {
        var (html, json) = (0.0, 0.0)
        for range in accept.lazy.map({ MediaType($0) }) {
            let quality = range.parameters["q"].map { Double($0) ?? 0 } ?? 1
            if range.name == "text/html" || range.name == "application/xhtml+xml" { html = max(html, quality) }
            if range.isJSON { json = max(json, quality) }
        }
        return html > json
    }

    /// Where to: the configured address, or the host that the client itself named, never another. Nil when the
    /// client named none that could be one.
    private static func origin(_ request: HTTPRequest, _ settings: HTTPSettings.Values, port: Int) -> String? {
        if let publicURL = settings.publicURL, publicURL.hasPrefix("https://") { return publicURL }
        guard let host = host(of: request.headers["host"] ?? "") else { return nil }
        return "https://\(host)" + (port == 443 ? "" : ":\(port)")
    }

    /// The host of a `Host` header without its port (RFC 9110, 7.2); nil for what is no host.
    static func host(of header: String) -> Substring? {
        if header.hasPrefix("[") {
            guard let end = header.firstIndex(of: "]") else { return nil }
            let inside = header[header.index(after: header.startIndex)..<end]
            guard inside.contains(":"), IPAddress(inside) != nil, isPort(header[header.index(after: end)...]) else { return nil }
            return header[...end]
        }
        let name = header.prefix { $0 != ":" }
        let isName = name.utf8.allSatisfy { ASCIIText.isAlphanumeric($0) || ".-_".utf8.contains($0) }
        guard 1...253 ~= name.utf8.count, isName, isPort(header[name.endIndex...]) else { return nil }
        return name
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.hasPrefix(":") && text.utf8.count <= 6 && text.dropFirst().utf8.allSatisfy(ASCIIText.isDigit))
    }
}
