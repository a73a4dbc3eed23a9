import TestSupport
import Testing

@testable import Platform

/// Every row of the contract's section 1 that belongs to the dispatcher, over a real socket.
@Suite("Contract section 1")
struct ContractSection1Tests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let path: String
        var headers: [(String, String)] = []
        var body: String?
        let status: Int
        let answer: String
        var expected: [(String, String?)] = []

        var testDescription: String { name }
    }

    static let user = ("Authorization", "Bearer user")
    static let json = ("Content-Type", "application/json")

    static func invalidToken(_ message: String) -> String {
        #"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"\#(message)"}]}"#
    }

    static let realm: (String, String?) = ("WWW-Authenticate", #"Bearer realm="api""#)
    static let notProvided = #"{"detail":"Authentication credentials were not provided."}"#
    static let notFound = #"{"detail":"Not found."}"#

    static let scenarios: [Scenario] = [
        Scenario(
            name: "a public route", method: "GET", path: "/api/v1/public/", status: 200, answer: #"{"ok":"yes"}"#,
            expected: [
                ("Content-Type", "application/json"), ("Vary", "Accept, origin"), ("X-Frame-Options", "DENY"),
                ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Content-Length", "12"), ("Cache-Control", nil), ("Access-Control-Allow-Origin", nil), ("Strict-Transport-Security", nil),
                ("Connection", nil),
            ]),
        Scenario(name: "without its trailing slash", method: "GET", path: "/api/v1/public", status: 200, answer: #"{"ok":"yes"}"#),
        Scenario(
            name: "a public route ignores a bad token", method: "GET", path: "/api/v1/public/",
            headers: [("Authorization", "Bearer nonsense")], status: 200, answer: #"{"ok":"yes"}"#),
        Scenario(
            name: "a checked route takes nobody", method: "GET", path: "/api/v1/checked/", status: 200, answer: #"{"caller":"nobody"}"#),
        Scenario(
            name: "a checked route takes somebody", method: "GET", path: "/api/v1/checked/", headers: [user], status: 200,
            answer: #"{"caller":"user1@example.org"}"#, expected: [("Cache-Control", "no-store")]),
        Scenario(
            name: "a checked route refuses a bad token", method: "GET", path: "/api/v1/checked/",
            headers: [("Authorization", "Bearer x")], status: 401, answer: invalidToken("Token is invalid"), expected: [realm]),

        Scenario(
            name: "no credentials", method: "GET", path: "/api/v1/things/", status: 401, answer: notProvided,
            expected: [realm, ("Cache-Control", "no-store")]),
        Scenario(
            name: "another scheme is nobody", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Basic dTpw")],
            status: 401, answer: notProvided),
        Scenario(
            name: "an empty header is nobody", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "")],
            status: 401, answer: notProvided),
        Scenario(
            name: "one part", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer")], status: 401,
            answer: #"{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}"#,
            expected: [realm]),
        Scenario(
            name: "three parts", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer a b")], status: 401,
            answer: #"{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}"#),
        Scenario(
            name: "a token that is none", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer x")],
            status: 401, answer: invalidToken("Token is invalid"), expected: [realm]),
        Scenario(
            name: "a refresh token", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer refresh")],
            status: 401, answer: invalidToken("Token has wrong type")),
        Scenario(
            name: "an expired token", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer expired")],
            status: 401, answer: invalidToken("Token is expired")),
        Scenario(
            name: "a user who is gone", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer gone")],
            status: 401, answer: #"{"detail":"User not found","code":"user_not_found"}"#),
        Scenario(
            name: "a user who is inactive", method: "GET", path: "/api/v1/things/", headers: [("Authorization", "Bearer inactive")],
            status: 401, answer: #"{"detail":"User is inactive","code":"user_inactive"}"#),
        Scenario(
            name: "a route that throws a 401", method: "POST", path: "/api/v1/login/", status: 401,
            answer: #"{"detail":"User is inactive","code":"user_inactive"}"#, expected: [realm, ("Cache-Control", "no-store")]),

        Scenario(
            name: "not staff", method: "GET", path: "/api/v1/admin/", headers: [user], status: 403,
            answer: #"{"detail":"You do not have permission to perform this action."}"#),
        Scenario(
            name: "staff", method: "GET", path: "/api/v1/admin/", headers: [("Authorization", "Bearer staff")], status: 200,
            answer: #"{"staff":"user9@example.org"}"#),
        Scenario(
            name: "OPTIONS asks for staff too", method: "OPTIONS", path: "/api/v1/admin/", headers: [user], status: 403,
            answer: #"{"detail":"You do not have permission to perform this action."}"#),

        Scenario(
            name: "an unknown route", method: "GET", path: "/api/v1/nothing/", status: 404, answer: notFound,
            expected: [("Content-Type", "application/json"), ("X-Frame-Options", "DENY")]),
        Scenario(
            name: "an unknown route for a browser", method: "GET", path: "/nothing", headers: [("Accept", "text/html")], status: 404,
            answer: notFound),
        Scenario(name: "the root", method: "GET", path: "/", status: 404, answer: notFound),
        Scenario(name: "two slashes", method: "GET", path: "/api//v1/public/", status: 404, answer: notFound),
        Scenario(name: "two slashes at the end", method: "GET", path: "/api/v1/public//", status: 404, answer: notFound),
        Scenario(name: "an empty parameter", method: "POST", path: "/api/v1/things//save/", headers: [user], status: 404, answer: notFound),
        Scenario(name: "a prefix of a route", method: "GET", path: "/api/v1/", status: 404, answer: notFound),
        Scenario(name: "OPTIONS for the server as a whole", method: "OPTIONS", path: "*", status: 404, answer: notFound),

        Scenario(name: "a parameter", method: "GET", path: "/api/v1/things/7/", headers: [user], status: 200, answer: #"{"id":"7"}"#),
        Scenario(
            name: "a parameter of another name", method: "PATCH", path: "/api/v1/things/7", headers: [user], status: 200,
            answer: #"{"thing":"7"}"#),
        Scenario(
            name: "an encoded parameter", method: "GET", path: "/api/v1/things/a%2Fb%20%C3%A9/", headers: [user], status: 200,
            answer: #"{"id":"a/b é"}"#),
        Scenario(name: "an encoded literal", method: "GET", path: "/api/v1/%70ublic/", status: 200, answer: #"{"ok":"yes"}"#),
        Scenario(name: "a broken escape", method: "GET", path: "/api/v1/things/%zz/", headers: [user], status: 404, answer: notFound),
        Scenario(name: "a cut escape", method: "GET", path: "/api/v1/things/%a", headers: [user], status: 404, answer: notFound),
        Scenario(
            name: "an escape that is no UTF-8", method: "GET", path: "/api/v1/things/%ff/", headers: [user], status: 404, answer: notFound),
        Scenario(name: "an escaped NUL", method: "GET", path: "/api/v1/things/%00/", headers: [user], status: 404, answer: notFound),
        Scenario(
            name: "a literal before a parameter", method: "GET", path: "/api/v1/things/special/", headers: [user], status: 200,
            answer: #"{"which":"special"}"#),
        Scenario(
            name: "a parameter where the literal leads nowhere", method: "POST", path: "/api/v1/things/special/save/", headers: [user],
            status: 200, answer: #"{"saved":"special"}"#),

        Scenario(
            name: "a wrong method", method: "PUT", path: "/api/v1/things/", headers: [user], status: 405,
            answer: #"{"detail":"Method \"PUT\" not allowed."}"#, expected: [("Allow", "GET, POST, HEAD, OPTIONS")]),
        Scenario(name: "a wrong method without credentials", method: "PUT", path: "/api/v1/things/", status: 401, answer: notProvided),
        Scenario(
            name: "a wrong method on a public route", method: "DELETE", path: "/api/v1/public/", status: 405,
            answer: #"{"detail":"Method \"DELETE\" not allowed."}"#, expected: [("Allow", "GET, HEAD, OPTIONS")]),
        Scenario(
            name: "GET where there is none", method: "GET", path: "/api/v1/echo/", status: 405,
            answer: #"{"detail":"Method \"GET\" not allowed."}"#, expected: [("Allow", "POST, OPTIONS")]),
        Scenario(
            name: "a method the server does not have", method: "PROPFIND", path: "/api/v1/public/", status: 405,
            answer: #"{"detail":"Method \"PROPFIND\" not allowed."}"#),
        Scenario(
            name: "the method comes before Accept", method: "DELETE", path: "/api/v1/public/", headers: [("Accept", "image/png")],
            status: 405, answer: #"{"detail":"Method \"DELETE\" not allowed."}"#),

        Scenario(
            name: "Accept that cannot be satisfied", method: "GET", path: "/api/v1/public/", headers: [("Accept", "image/png")],
            status: 406, answer: #"{"detail":"Could not satisfy the request Accept header."}"#),
        Scenario(
            name: "Accept that refuses JSON", method: "GET", path: "/api/v1/public/", headers: [("Accept", "application/json;q=0")],
            status: 406, answer: #"{"detail":"Could not satisfy the request Accept header."}"#),
        Scenario(
            name: "Accept comes before the body's type", method: "POST", path: "/api/v1/echo/",
            headers: [("Accept", "image/png"), ("Content-Type", "text/xml")], body: "<a/>", status: 406,
            answer: #"{"detail":"Could not satisfy the request Accept header."}"#),
        Scenario(
            name: "a body of another type", method: "POST", path: "/api/v1/echo/", headers: [("Content-Type", "text/xml")],
            body: "<a/>", status: 415, answer: #"{"detail":"Unsupported media type \"text/xml\" in request."}"#),
        Scenario(
            name: "a body without a type", method: "POST", path: "/api/v1/echo/", body: "{}", status: 415,
            answer: #"{"detail":"Unsupported media type \"\" in request."}"#),
        Scenario(
            name: "JSON where only multipart is read", method: "POST", path: "/api/v1/upload/", headers: [json], body: "{}", status: 415,
            answer: #"{"detail":"Unsupported media type \"application/json\" in request."}"#),
        Scenario(name: "no body needs no type", method: "POST", path: "/api/v1/echo/", status: 200, answer: "{}"),
        Scenario(
            name: "a body where none is read", method: "DELETE", path: "/api/v1/things/7/", headers: [user, ("Content-Type", "text/xml")],
            body: "<a/>", status: 204, answer: "", expected: [("Content-Length", nil), ("Content-Type", nil)]),

        Scenario(
            name: "malformed JSON", method: "POST", path: "/api/v1/echo/", headers: [json], body: "{", status: 400,
            answer:
                #"{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}"#),
        Scenario(
            name: "JSON with a charset", method: "POST", path: "/api/v1/echo/",
            headers: [("Content-Type", "Application/JSON; charset=utf-8")],
            body: #"{"a":[1,true]}"#, status: 200, answer: #"{"a":[1,true]}"#),
        Scenario(
            name: "urlencoded", method: "POST", path: "/api/v1/echo/", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "a=1&b=x+y%21&a=2&c", status: 200, answer: #"{"a":["1","2"],"b":"x y!","c":""}"#),
        Scenario(
            name: "multipart", method: "POST", path: "/api/v1/echo/", headers: [("Content-Type", "multipart/form-data; boundary=XX")],
            body: "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--XX--\r\n", status: 200, answer: #"{"a":"1\r\n2"}"#),
        Scenario(
            name: "multipart without a boundary", method: "POST", path: "/api/v1/echo/", headers: [("Content-Type", "multipart/form-data")],
            body: "x", status: 400, answer: #"{"detail":"Multipart form parse error - Invalid boundary in multipart: None"}"#),

        Scenario(
            name: "a fault of ours", method: "GET", path: "/api/v1/boom/", status: 500, answer: #"{"detail":"Internal server error."}"#),
        Scenario(
            name: "OPTIONS", method: "OPTIONS", path: "/api/v1/things/", headers: [user], status: 200,
            answer:
                #"{"name":"Thing list","renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"]}"#,
            expected: [("Allow", "GET, POST, HEAD, OPTIONS")]),
        Scenario(
            name: "OPTIONS of an upload", method: "OPTIONS", path: "/api/v1/upload/", status: 200,
            answer: #"{"name":"Upload","renders":["application/json"],"parses":["multipart/form-data"]}"#),
        Scenario(name: "OPTIONS without credentials", method: "OPTIONS", path: "/api/v1/things/", status: 401, answer: notProvided),
        Scenario(
            name: "a route that writes text", method: "GET", path: "/metrics", headers: [("Accept", "text/plain")], status: 200,
            answer: "up 1\n", expected: [("Content-Type", "text/plain; charset=utf-8")]),
        Scenario(
            name: "a header value cannot end its line", method: "GET", path: "/api/v1/header/", status: 200, answer: #"{"ok":"yes"}"#,
            expected: [("X-Split", "a  X-Injected: yes"), ("X-Injected", nil), ("Cache-Control", "max-age=60")]),
        Scenario(
            name: "an absolute target", method: "GET", path: "http://jobs.example.org/api/v1/public/?a=1", status: 200,
            answer: #"{"ok":"yes"}"#),
        Scenario(
            name: "the last page", method: "GET", path: "/api/v1/list/?b=2&page=last&a=x%20y", status: 200,
            answer:
                #"{"count":45,"next":null,"previous":"http://jobs.example.org/api/v1/list/?a=x+y&b=2&page=4","results":[1]}"#),
        Scenario(
            name: "a page behind the end", method: "GET", path: "/api/v1/list/?page=6", status: 404,
            answer: #"{"detail":"Invalid page."}"#),
        Scenario(
            name: "the client behind a trusted proxy", method: "GET", path: "/api/v1/where/?q=1&q=a%26b",
            headers: [("X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.1.1.1"), ("X-Forwarded-Proto", "https")], status: 200,
            answer: #"{"client":"198.51.100.7","url":"https://jobs.example.org/api/v1/where/","q":"1|a&b"}"#),
    ]

    @Test("A request is answered as the contract says", arguments: scenarios)
    func answers(_ scenario: Scenario) async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            let response = try await client.request(
                scenario.method, scenario.path, headers: scenario.headers, body: scenario.body.map { Array($0.utf8) })
            #expect(response.status == scenario.status)
            #expect(response.text == scenario.answer)
            for (name, value) in scenario.expected { #expect(response[name] == value, "\(name)") }
            #expect(RequestID.isSane(response["X-Request-ID"] ?? ""))
            #expect(response["Date"]?.hasSuffix(" GMT") == true)
        }
    }

    @Test(
        "JSON is served to whoever can take JSON or HTML",
        arguments: [
            "", "*/*", "application/*", "application/json; indent=2", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            "image/png, text/*;q=0.1",
        ])
    func accepts(_ accept: String) async throws {
        try await HTTPFixture().serve { port, _ in
            let response = try await TestClient(port: port).request("GET", "/api/v1/public/", headers: [("Accept", accept)])
            #expect(response.status == 200)
        }
    }

    @Test("HEAD is GET without the body, and has its length")
    func head() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            let head = try await client.request("HEAD", "/api/v1/public/")
            #expect(head.status == 200 && head["Content-Length"] == "12")
            let missing = try await client.request("HEAD", "/api/v1/echo/")
            #expect(missing.status == 405 && missing["Content-Length"] == "41")
            #expect(try await client.request("GET", "/api/v1/public/").text == #"{"ok":"yes"}"#)
        }
    }

    @Test("A sane request id is kept, any other is replaced by a new one")
    func requestIDs() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            let kept = try await client.request("GET", "/api/v1/public/", headers: [("X-Request-ID", "Trace-1.a_b")])
            #expect(kept["X-Request-ID"] == "Trace-1.a_b")
            for bad in ["", "a b", "<x>", String(repeating: "a", count: 129)] {
                let replaced = try await client.request("GET", "/api/v1/public/", headers: [("X-Request-ID", bad)])
                let id = try #require(Identifier(replaced["X-Request-ID"] ?? ""))
                #expect(id.description.dropFirst(14).first == "7")
            }
        }
    }

    @Test("A 500 is in the log under its request id, and its reason is nowhere else")
    func internalErrors() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let response = try await TestClient(port: port).request("GET", "/api/v1/boom/?token=hidden", headers: [("X-Request-ID", "r-1")])
            #expect(!response.text.contains("swordfish"))
        }
        let lines = fixture.lines.lines
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.contains(#""request_id":"r-1""#) && !$0.contains("hidden") })
        #expect(lines[0].contains(#""level":"error""#) && lines[0].contains("swordfish"))
        #expect(lines[1].contains(#""method":"GET","path":"/api/v1/boom/","status":500,"#) && lines[1].contains(#""client":"127.0.0.1""#))
    }

    @Test("The rate is judged after the body's type and before permission")
    func admission() async throws {
        var fixture = HTTPFixture()
        fixture.limiter = RateLimiter(RateLimiter.Limits(reading: 1, writing: 1), clock: ManualClock())
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            #expect(try await client.request("GET", "/api/v1/admin/", headers: [Self.user]).status == 403)
            let refused = try await client.request("GET", "/api/v1/admin/", headers: [Self.user])
            #expect(refused.status == 429 && refused["Retry-After"] == "60")
            #expect(refused.text == #"{"detail":"Request was throttled. Expected available in 60 seconds."}"#)
            #expect(refused["RateLimit-Policy"] == #""reading";q=1;w=60"# && refused["RateLimit"] == #""reading";r=0;t=60"#)
            #expect(try await client.request("POST", "/api/v1/echo/", body: Array("{}".utf8)).status == 415)
            let typed = try await client.request("POST", "/api/v1/echo/", headers: [("Content-Type", "text/xml")], body: [1])
            #expect(typed.status == 415)
        }
    }

    @Test("HTTPS behind a trusted proxy is told to stay HTTPS, if so configured")
    func strictTransport() async throws {
        let fixture = HTTPFixture()
        var values = fixture.settings.current
        values.strictTransportSecurity = true
        values.publicURL = "https://jobs.example.net"
        fixture.settings.replace(values)
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            let secure = try await client.request("GET", "/api/v1/where/", headers: [("X-Forwarded-Proto", "https")])
            #expect(secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload")
            #expect(secure.text.contains(#""url":"https://jobs.example.net/api/v1/where/""#))
            #expect(try await client.request("GET", "/api/v1/public/")["Strict-Transport-Security"] == nil)
        }
    }
}
