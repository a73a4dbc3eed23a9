import Testing

@testable import Platform

@Suite("Plain HTTP where there is HTTPS")
struct SecureRedirectTests {
    private static let page = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

    /// What becomes of a request: where it is sent, "served" or "refused".
    private func fate(
        _ method: String = "GET", _ path: String = "/a", query: String = "", headers: [(String, String)] = [("Accept", page)],
        host: String? = "jobs.example.org", isSecure: Bool = false, settings: HTTPSettings.Values = HTTPSettings.Values(httpsPort: 443)
    ) -> String {
        let all = headers + (host.map { [("Host", $0)] } ?? [])
        let request = HTTPRequest(
            method: method, path: path, rawQuery: query, headers: HTTPHeaders(all), isSecure: isSecure,
            received: Timestamp(seconds: 0))
        do {
            guard let answer = try SecureRedirect.answer(to: request, settings: settings) else { return "served" }
            #expect(answer.status == 301 && answer.headers.count == 1 && answer.body.isEmpty)
            return answer.header("Location") ?? ""
        } catch {
            return "refused"
        }
    }

    @Test("A browser is sent to the same address under https")
    func browsers() {
        #expect(fate() == "https://jobs.example.org/a")
        #expect(fate("HEAD", "/a/%2F", query: "q=1&r=%20") == "https://jobs.example.org/a/%2F?q=1&r=%20")
        #expect(fate(headers: [("Sec-Fetch-Mode", "navigate")]) == "https://jobs.example.org/a")
        // A path that looks like a host stays a path.
        #expect(fate("GET", "//evil.example/x") == "https://jobs.example.org//evil.example/x")
    }

    @Test("Whatever is not a person's own navigation is refused")
    func programs() {
        #expect(fate("POST") == "refused" && fate("PUT") == "refused" && fate("OPTIONS") == "refused")
        #expect(fate(headers: []) == "refused")
        #expect(fate(headers: [("Accept", "*/*")]) == "refused")
        #expect(fate(headers: [("Accept", "application/json")]) == "refused")
        #expect(fate(headers: [("Accept", Self.page), ("Authorization", "Bearer x")]) == "refused")
        // A script's fetch, whatever it says that it accepts.
        #expect(fate(headers: [("Accept", Self.page), ("Sec-Fetch-Mode", "cors")]) == "refused")
        // A target without a path.
        #expect(fate("GET", "") == "refused" && fate("GET", "*") == "refused")
    }

    @Test(
        "HTML has to be wanted more than JSON",
        arguments: [
            ("text/html", true), ("application/xhtml+xml", true), ("TEXT/HTML; charset=utf-8", true), ("text/html;q=0.5", true),
            ("text/html, application/json;q=0.9", true), ("application/json, text/html;q=0.9", false),
            ("text/html, application/json", false), ("text/html;q=0", false), ("text/html;q=x", false), ("text/*", false), ("", false),
        ])
    func preference(accept: String, isHTML: Bool) {
        #expect(SecureRedirect.prefersHTML(HTTPHeaders([("Accept", accept)]).list("accept")) == isHTML)
    }

    @Test("Probes are served, whoever asks", arguments: ["/health", "/health/", "/healthz", "/healthz/", "/readyz", "/readyz/"])
    func probes(path: String) {
        #expect(fate("GET", path) == "served" && fate("GET", path, headers: []) == "served")
        #expect(fate("GET", path + "x", headers: []) == "refused" && fate("GET", "/x" + path, headers: []) == "refused")
    }

    @Test("Secure requests are served, and all are while there is nowhere to send them")
    func served() {
        #expect(fate(isSecure: true) == "served")
        #expect(fate("POST", headers: [], settings: HTTPSettings.Values()) == "served")
    }

    @Test(
        "The host is the one that the client named, at the port of HTTPS",
        arguments: [
            ("jobs.example.org:8080", "https://jobs.example.org:8443/a"), ("127.0.0.1:80", "https://127.0.0.1:8443/a"),
            ("[::1]", "https://[::1]:8443/a"), ("[2001:db8::7]:8080", "https://[2001:db8::7]:8443/a"), ("a_b-c", "https://a_b-c:8443/a"),
            ("", "refused"), ("user@evil.example", "refused"), ("evil.example/x", "refused"), ("a b", "refused"), ("a:b", "refused"),
            ("a:123456", "refused"), ("a:80:80", "refused"), ("[::1", "refused"), ("[::1]x", "refused"), ("[1.2.3.4]", "refused"),
            ("[x]", "refused"), ("::1", "refused"), (String(repeating: "a", count: 254), "refused"),
        ])
    func hosts(host: String, fate expected: String) {
        #expect(fate(host: host, settings: HTTPSettings.Values(httpsPort: 8_443)) == expected)
    }

    @Test("A configured address is where browsers go, if it is one of HTTPS")
    func publicURL() {
        let secure = HTTPSettings.Values(publicURL: "https://jobs.example.com", httpsPort: 8_443)
        #expect(fate(query: "q", settings: secure) == "https://jobs.example.com/a?q")
        #expect(fate(host: nil, settings: secure) == "https://jobs.example.com/a")
        let plain = HTTPSettings.Values(publicURL: "http://jobs.example.com", httpsPort: 8_443)
        #expect(fate(settings: plain) == "https://jobs.example.org:8443/a")
        #expect(fate(host: nil, settings: plain) == "refused")
    }

    @Test("A refusal says what to change")
    func refusal() {
        var writer = JSONWriter()
        SecureRedirect.Refusal().writeBody(into: &writer)
        #expect(SecureRedirect.Refusal().status == 403)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"detail":"This server answers over HTTPS only. Change http:// to https:// in the address."}"#)
    }
}
