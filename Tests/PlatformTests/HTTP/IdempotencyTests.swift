import TestSupport
import Testing

@testable import Platform

@Suite("Idempotency keys")
struct IdempotencyTests {
    private func send(_ client: TestClient, key: String?, body: String, token: String = "user") async throws -> TestResponse {
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await client.request("POST", "/api/v1/send/", headers: headers, body: Array(body.utf8))
    }

    @Test("A repeated request gets the first one's answer and runs once")
    func replay() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            let first = try await send(client, key: "k", body: #"{"a":1}"#)
            #expect(first.text == #"{"number":"1"}"# && first["Idempotency-Replayed"] == nil)
            let again = try await send(client, key: "k", body: #"{"a":1}"#)
            #expect(again.text == first.text && again.status == 200 && again["Idempotency-Replayed"] == "true")
            #expect(try await send(client, key: "k", body: #"{"a":1}"#, token: "other").text == #"{"number":"2"}"#)
            #expect(try await send(client, key: nil, body: #"{"a":1}"#).text == #"{"number":"3"}"#)
        }
    }

    @Test("A key is refused for another body, while its request runs, and when it is no key")
    func refusals() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            _ = try await send(client, key: "k", body: #"{"a":1}"#)
            let conflict = try await send(client, key: "k", body: #"{"a":2}"#)
            #expect(conflict.status == 422)
            #expect(conflict.text == #"{"detail":"Idempotency-Key was already used with a different request."}"#)

            let busy = try TestClient(port: port)
            async let running = send(busy, key: "w", body: #"{"wait":1}"#)
            await fixture.door.untilSomebodyWaits()
            let early = try await send(client, key: "w", body: #"{"wait":1}"#)
            #expect(early.status == 409 && early["Retry-After"] == "1")
            #expect(early.text == #"{"detail":"A request with this Idempotency-Key is still in progress."}"#)
            fixture.door.open()
            #expect(try await running.status == 200)

            for bad in ["", String(repeating: "k", count: 256), "ü"] {
                let refused = try await send(client, key: bad, body: "{}")
                #expect(refused.status == 400)
                #expect(refused.text == #"{"detail":"Idempotency-Key must be 1 to 255 printable ASCII characters."}"#)
            }
        }
    }

    @Test("A request that failed or was refused may be tried again with its key")
    func retries() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            #expect(try await send(client, key: "k", body: #"{"fail":1}"#).status == 503)
            #expect(try await send(client, key: "k", body: #"{"reject":1}"#).text == #"{"number":"2"}"#)
            #expect(try await send(client, key: "k", body: "{}").text == #"{"number":"3"}"#)
        }
    }

    @Test("An answer that cannot be kept still goes out, and the log says so")
    func brokenStore() async throws {
        var fixture = HTTPFixture()
        fixture.store = MemoryIdempotency(failsToFinish: true)
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            #expect(try await send(client, key: "k", body: "{}").status == 200)
        }
        #expect(fixture.lines.lines.contains { $0.contains("An idempotency key could not be settled.") })
    }
}
