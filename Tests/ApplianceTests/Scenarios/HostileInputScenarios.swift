import Platform
import TestSupport
import Testing

@testable import Appliance

/// Hostile text in every place where a request takes input, for every route that is served: SQL, wildcards, markup,
/// NUL, over-long, deep, and of the wrong type. Nothing of it may be a server error, or reach another account's rows.
@Suite struct HostileInputScenarios {
    /// Texts that would do harm if they were pasted into a statement, a page, a log line or a file name.
    static let texts = [
        "' OR '1'='1", "'; DROP TABLE accounts; --", "1 UNION SELECT password_hash FROM accounts", "\") OR 1=1 --", "%", "_", "\\",
        "*", "NEAR(\"", "\"unclosed", "a:b", "-", "^", "<script>alert(1)</script>", "\" onload=\"x", "../../etc/passwd", "..%2f..%2f",
        "\u{0}", "\u{202E}gnp.exe", "\r\nSet-Cookie: a=b", "{{7*7}}", "${jndi:x}", "9223372036854775808", "-1", "1e400", "NaN",
        "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}", String(repeating: "x", count: 70_000),
    ]

    /// Values of every type but the one that a field takes, as JSON.
    static let values =
        ["null", "true", "0", "-1", "1.5", "1e400", "99999999999999999999", "[]", "{}", #"["a"]"#, #"{"a":1}"#, "\"\"", #""\ud800""#]
        + [String(repeating: "[", count: 40) + String(repeating: "]", count: 40)]

    /// Every field name that some route reads; the others ignore it.
    static let fields = [
        "email", "password", "password_confirm", "first_name", "last_name", "refresh", "token", "old_password", "new_password",
        "invite_code", "title", "content", "session_id", "advice_type", "context", "message_text", "skills", "salary_min",
        "salary_max", "company", "description", "location", "job_type", "status", "is_remote", "skills_required", "external_url",
        "external_id", "posted_date", "category", "notes", "match_threshold", "experience_level", "linkedin_url", "remote_ok", "phone",
    ]

    static let queries = [
        "page", "page_size", "search", "status", "format", "limit", "q", "title", "company", "skills", "sort", "facets",
        "min_salary", "is_remote", "top_n", "category",
    ]

    /// What belongs to somebody else, and must never be seen or changed.
    static let marker = "zanzibar-7"

    @Test("Hostile paths and queries never meet a server error, nor another account's rows")
    func pathsAndQueries() async throws {
        try await withTwoAccounts { server, attacker in
            for route in server.appliance.routes {
                for text in Self.texts where text.utf8.count < 2_000 {
                    let encoded = Self.encoded(text)
                    let path = route.pattern.split(separator: "/", omittingEmptySubsequences: false)
                        .map { $0.hasPrefix("{") ? encoded : String($0) }.joined(separator: "/")
                    let query = Self.queries.map { "\($0)=\(encoded)" }.joined(separator: "&")
                    try await Self.check(server, attacker, route.method, "\(path)?\(query)", route.body == .none ? nil : "{}")
                }
            }
        }
    }

    @Test("Hostile bodies never meet a server error, nor another account's rows")
    func bodies() async throws {
        try await withTwoAccounts { server, attacker in
            for route in server.appliance.routes where route.body != .none && !Self.endsTheAccount(route) {
                let path = route.pattern.split(separator: "/", omittingEmptySubsequences: false)
                    .map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
                for value in Self.texts.map({ Self.json(.string($0)) }) + Self.values {
                    let body = "{" + Self.fields.map { "\"\($0)\":\(value)" }.joined(separator: ",") + "}"
                    try await Self.check(server, attacker, route.method, path, body)
                    try await Self.check(server, attacker, route.method, path, value)
                }
            }
        }
    }

    @Test("Text that looks like SQL or markup is stored and given back as it is, and as JSON")
    func kept() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for text in Self.texts where text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) && text.utf8.count < 200 {
                let body = Self.json(.object(JSONObject([("title", .string(text))])))
                let made = try await user.post("/api/v1/chat/sessions/", body)
                let shown = try await user.get("/api/v1/chat/sessions/\(made.json["id"]?.string ?? "")/")
                #expect(shown.json["title"]?.string == text)
                #expect(shown["Content-Type"] == "application/json")
                #expect(shown["X-Content-Type-Options"] == "nosniff")
            }
        }
    }

    // MARK: Parts

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 0x80 && Character(UnicodeScalar(byte)).isLetter ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + digits
        }.joined()
    }

    private static func json(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

    private static func endsTheAccount(_ route: Route) -> Bool { route.pattern.hasSuffix("/logout/") }

    private func withTwoAccounts(_ body: (TestAppliance, TestUser) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let victim = try await server.register("victim@example.org")
            let session = try await victim.post("/api/v1/chat/sessions/", #"{"title":"\#(Self.marker)"}"#).json["id"]?.string ?? ""
            _ = try await victim.patch("/api/v1/auth/me/", #"{"first_name":"\#(Self.marker)"}"#)
            let before = try await victim.get("/api/v1/chat/sessions/\(session)/").body
            try await body(server, try await server.register("attacker@example.org"))
            let after = try await victim.get("/api/v1/chat/sessions/\(session)/")
            #expect(after.status == 200)
            #expect(after.body == before)
            #expect(try await victim.get("/api/v1/auth/me/").json["first_name"]?.string == Self.marker)
        }
    }

    private static func check(
        _ server: TestAppliance, _ attacker: TestUser, _ method: String, _ path: String, _ body: String?
    ) async throws {
        let answer = try await server.request(method, path, token: attacker.access, body: body)
        let what = "\(method) \(path.prefix(120)) \((body ?? "").prefix(80)): \(answer.status) \(answer.text.prefix(200))"
        #expect(answer.status < 500, "\(what)")
        #expect(!answer.text.contains(marker), "\(what)")
        if !answer.body.isEmpty, path.hasPrefix("/api/v1/") { #expect(answer["Content-Type"] == "application/json", "\(what)") }
        #expect(answer["Set-Cookie"] == nil, "\(what)")
    }
}
