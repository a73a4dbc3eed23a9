import TestSupport
import Testing

@testable import Platform

@Suite("Cross-origin requests")
struct CrossOriginTests {
    static let preflight = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST")]

    @Test("A preflight of an allowed origin is answered before any other check")
    func allowedPreflight() async throws {
        try await HTTPFixture().serve { port, _ in
            let response = try await TestClient(port: port).request("OPTIONS", "/api/v1/things/", headers: Self.preflight)
            #expect(response.status == 200 && response.body.isEmpty)
            #expect(response["Content-Length"] == "0")
            #expect(response["Access-Control-Allow-Origin"] == "https://app.example.org")
            #expect(response["Access-Control-Allow-Credentials"] == "true")
            #expect(
                response["Access-Control-Allow-Headers"]
                    == "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with")
            #expect(response["Access-Control-Allow-Methods"] == "DELETE, GET, OPTIONS, PATCH, POST, PUT")
            #expect(response["Access-Control-Max-Age"] == "86400")
            #expect(response["Vary"] == "origin")
        }
    }

    @Test("A preflight of another origin is permitted nothing")
    func foreignPreflight() async throws {
        try await HTTPFixture().serve { port, _ in
            let headers = [("Origin", "https://evil.example.com"), ("Access-Control-Request-Method", "POST")]
            let response = try await TestClient(port: port).request("OPTIONS", "/api/v1/things/", headers: headers)
            #expect(response.status == 200 && response.body.isEmpty)
            #expect(!response.headers.contains { $0.name.hasPrefix("Access-Control") })
        }
    }

    @Test("Answers and errors may be read by an allowed origin only")
    func answers() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            for path in ["/api/v1/public/", "/api/v1/things/", "/nowhere/"] {
                let own = try await client.request("GET", path, headers: [("Origin", "https://app.example.org")])
                #expect(own["Access-Control-Allow-Origin"] == "https://app.example.org")
                #expect(own["Access-Control-Allow-Credentials"] == "true")
                let foreign = try await client.request("GET", path, headers: [("Origin", "https://evil.example.com")])
                #expect(foreign["Access-Control-Allow-Origin"] == nil)
            }
        }
    }

    @Test("The list of origins can change while the server runs; a star echoes every origin")
    func reload() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            var values = fixture.settings.current
            values.allowedOrigins = ["*"]
            fixture.settings.replace(values)
            let response = try await client.request("GET", "/api/v1/public/", headers: [("Origin", "http://localhost:3000")])
            #expect(response["Access-Control-Allow-Origin"] == "http://localhost:3000")
        }
    }
}
