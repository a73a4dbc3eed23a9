import TestSupport
import Testing

@testable import Platform

/// Requests to addresses that users have written: whatever these lead to that is not public gets no connection.
@Suite("Outbound reach", .timeLimit(.minutes(1)))
struct OutboundReachTests {
    private let outbound = Outbound(clock: ManualClock(), random: SeededRandom(1))

    private func error(_ url: String, _ reach: OutboundReach = .publicOnly) async -> OutboundError? {
        let request = OutboundRequest(method: "POST", url: url, limits: wideLimits(), breaker: nil, reach: reach)
        do throws(OutboundError) {
            _ = try await outbound.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "This machine is out of reach under each of its names and notations, and hears nothing of it",
        arguments: [
            "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "2130706433", "0", "0.0.0.0",
            "%31%32%37.0.0.1", "localhost", "LOCALHOST", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        ])
    func thisMachine(host: String) async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond(200)
        } _: { server in
            #expect(await error("https://\(host):\(server.port)/hook") == .outOfReach)
            #expect(server.connectionCount == 0)
        }
    }

    @Test("The guard stands where the connection is made: the same name is reached by a request that may")
    func anywhere() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond(200)
        } _: { server in
            #expect(await error("http://localhost:\(server.port)/", .anywhere) == nil)
            // Not even over the connection that is open by now.
            #expect(await error("https://localhost:\(server.port)/") == .outOfReach)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("Without TLS, at the port of another service, or with a name inside, nothing is sent")
    func forms() async {
        #expect(await error("http://1.1.1.1/") == .broken("the address is not https"))
        for port in [22, 25, 80, 110, 1023] {
            #expect(await error("https://1.1.1.1:\(port)/") == .broken("the address has a port that is not served"))
        }
        #expect(await error("https://user@1.1.1.1/") == .broken("the address contains a user name or password"))
        #expect(await error("ftp://1.1.1.1/") == .broken("the address is neither http nor https"))
    }

    @Test("What is wrong can be told beforehand, as far as that can be seen")
    func check() throws {
        func request(_ url: String, _ reach: OutboundReach = .publicOnly) -> OutboundRequest { OutboundRequest(url: url, reach: reach) }
        try request("https://hooks.example.org/in?key=1").check()
        try request("https://1.1.1.1:8443/").check()
        try request("http://127.0.0.1:8080/", .anywhere).check()
        for url in ["https://2130706433/", "https://[fd00::1]/", "https://169.254.169.254/latest/"] {
            #expect(throws: OutboundError.outOfReach) { try request(url).check() }
        }
        // What a name stands for is known when it is asked for.
        try request("https://localhost/").check()
        #expect(throws: OutboundError.broken("the address is not https")) { try request("http://hooks.example.org/").check() }
    }
}
