import NIOCore
import TestSupport
import Testing

@testable import Platform

@Suite("TLS handshakes", .timeLimit(.minutes(1)))
struct TLSHandshakeTests {
    /// Why a client gets no connection.
    private func refusal(port: Int, _ options: TLSOptions) async throws -> String {
        do {
            _ = try await TestClient.secure(port: port, options)
        } catch TestClientError.handshake(let reason) {
            return reason
        }
        Issue.record("the handshake succeeded")
        return ""
    }

    /// The alert that a hello made by hand is answered with; nil for another answer.
    private func alert(_ hello: [UInt8], port: Int) async throws -> UInt8? {
        let client = try TestClient(port: port)
        try await client.send(hello)
        let record = try await client.readToEnd()
        return record.count == 7 && record[0] == 21 && record[5] == 2 ? record[6] : nil
    }

    @Test(
        "TLS 1.2 and 1.3 are spoken, with keys of each kind", arguments: [TLSOptions.Version.tls12, .tls13],
        [TestCertificate.Key.ecdsa(curve: "P-256"), .rsa(bits: 2_048)])
    func versions(version: TLSOptions.Version, key: TestCertificate.Key) async throws {
        let certificate = try TestCertificate(key: key)
        let fixture = try TLSFixture(certificate)
        try await fixture.serve { (port, _) async throws in
            let client = try await TestClient.secure(port: port, TLSOptions { ($0.oldest, $0.newest) = (version, version) })
            #expect(client.session == TLSSession(version: version, protocolName: "http/1.1", certificate: certificate.der))
            #expect(try await client.request("GET", "/api/v1/public/").text == #"{"ok":"yes"}"#)
            let counts = fixture.contexts.counters.snapshot
            #expect(counts.handshakes == 1 && counts.handshakes13 == (version == .tls13 ? 1 : 0) && counts.allFailures == 0)
        }
    }

    @Test("A client that trusts the authority gets through, also without a name or with another one in its hello")
    func trust() async throws {
        let root = try TestCertificate([], isAuthority: true)
        let fixture = try TLSFixture(try TestCertificate(["DNS:localhost", "IP:127.0.0.1"], issuer: root))
        try await fixture.serve { (port, _) async throws in
            for name in ["localhost", nil] {
                let options = TLSOptions {
                    $0.root = root
                    $0.serverName = name
                }
                #expect(try await TestClient.secure(port: port, options).session?.version == .tls13)
            }
            #expect(try await TestClient.secure(port: port, TLSOptions { $0.serverName = "x--_.b\u{FC}cher" }).session != nil)
        }
    }

    @Test("A client that does not trust the certificate is counted as such")
    func refusedByClient() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            let stranger = try TestCertificate([], isAuthority: true)
            #expect(try await refusal(port: port, TLSOptions { $0.root = stranger }).contains("CERTIFICATE_VERIFY_FAILED"))
            #expect(await fixture.fails(.refusedByClient))
        }
    }

    @Test("A version below the minimum is refused with an alert that says so")
    func oldVersions() async throws {
        let old = TLSOptions { ($0.oldest, $0.newest) = (.tls11, .tls11) }
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            #expect(try await refusal(port: port, old).contains("ALERT_PROTOCOL_VERSION"))
            #expect(await fixture.fails(.version))
        }
        let modern = try TLSFixture(minimumVersion: .version13)
        try await modern.serve { (port, _) async throws in
            #expect(try await refusal(port: port, TLSOptions { $0.newest = .tls12 }).contains("ALERT_PROTOCOL_VERSION"))
            #expect(await modern.fails(.version))
            #expect(try await TestClient.secure(port: port).session?.version == .tls13)
        }
    }

    @Test("HTTP/1.1 is settled on when it is offered among others, and a client that offers none gets it unspoken")
    func protocols() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            let offers = TLSOptions { $0.protocols = ["h2", "http/1.1"] }
            #expect(try await TestClient.secure(port: port, offers).session?.protocolName == "http/1.1")
            let silent = try await TestClient.secure(port: port, TLSOptions { $0.protocols = [] })
            #expect(silent.session?.protocolName == nil)
            #expect(try await silent.request("GET", "/api/v1/public/").status == 200)
        }
    }

    @Test("A client that wants to speak something else is told so")
    func foreignProtocol() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            let refused = try await refusal(port: port, TLSOptions { $0.protocols = ["h2"] })
            #expect(refused.contains("NO_APPLICATION_PROTOCOL"))
            #expect(await fixture.fails(.applicationProtocol))
        }
    }

    @Test("Suites without forward secrecy and signatures with SHA-1 are not served")
    func parameters() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            #expect(try await alert(HelloBytes(suites: [0x002F, 0x009C, 0xC009, 0xC013]).bytes, port: port) == 40)
            #expect(try await alert(HelloBytes(signatures: [0x0203, 0x0201]).bytes, port: port) == 40)
            #expect(await fixture.fails(.parameters, times: 2))
        }
    }

    @Test("Plain HTTP is answered in plain HTTP, and then no longer listened to")
    func plainHTTP() async throws {
        let fixture = try TLSFixture { $0.linger = 100 }
        try await fixture.serve { (port, server) async throws in
            let client = try TestClient(port: port)
            let answer = try await client.request("GET", "/api/v1/public/")
            #expect(answer.status == 400 && answer["Connection"] == "close" && answer["Content-Type"] == "application/json")
            #expect(answer.text == #"{"detail":"This port speaks HTTPS; the request came as plain HTTP."}"#)
            #expect(try await client.readToEnd().isEmpty)
            await #expect(throws: TestClientError.closed) {
                while true { try await client.send("GET /api/v1/public/ HTTP/1.1\r\n\r\n") }
            }
            let other = try TestClient(port: port)
            #expect(try await other.request("POST", "/", body: [1, 2, 3]).status == 400)
            try await other.closeOutput()
            #expect(try await other.readToEnd().isEmpty)
            #expect(await fixture.fails(.plaintext, times: 2))
            #expect(await eventually { server.connectionCount == 0 })
        }
    }

    @Test("Bytes that are no TLS are refused with an alert", arguments: [[UInt8](repeating: 0, count: 64), Array("ssh".utf8) + [10, 10]])
    func garbage(bytes: [UInt8]) async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, _) async throws in
            #expect(try await alert(bytes, port: port) == 70)
            #expect(await fixture.fails(.malformed))
        }
    }

    @Test("A handshake that does not end in time is cut, whatever has come of it")
    func timeout() async throws {
        let fixture = try TLSFixture { $0.handshakeTime = 100 }
        try await fixture.serve { (port, server) async throws in
            for bytes in [[], Array(HelloBytes().bytes.prefix(30)), HelloBytes().bytes] {
                let client = try TestClient(port: port)
                try await client.send(bytes)
                #expect(try await client.readToEnd().isEmpty == (bytes.count < HelloBytes().bytes.count))
            }
            #expect(await fixture.fails(.timeout, times: 3))
            #expect(await eventually { server.connectionCount == 0 })
        }
    }

    @Test("A client that goes, or says that it is done, in the middle of a handshake is let go")
    func gone() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, server) async throws in
            for bytes in [[], Array(HelloBytes().bytes.prefix(30)), HelloBytes().bytes] {
                let client = try TestClient(port: port)
                try await client.send(bytes)
                if bytes.count > 30 { #expect(try await client.read(5).first == 22) }
                try await client.closeOutput()
                _ = try await client.readToEnd()
            }
            #expect(await fixture.fails(.closed, times: 3))
            #expect(await eventually { server.connectionCount == 0 })
        }
    }

    @Test("Stopping does not wait for handshakes")
    func stop() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, server) async throws in
            let silent = try TestClient(port: port)
            let begun = try TestClient(port: port)
            try await begun.send(HelloBytes().bytes)
            #expect(try await begun.read(5).first == 22)
            #expect(await eventually { server.connectionCount == 2 })
            let elapsed = await ContinuousClock().measure { await server.stop(drainSeconds: 30) }
            #expect(elapsed < .seconds(10))
            #expect(try await silent.readToEnd().isEmpty)
            _ = try await begun.readToEnd()
            #expect(fixture.contexts.counters.snapshot.failures == [.closed: 2])
        }
    }

    @Test("Nothing that strangers can do to a handshake is worth a line of the log")
    func log() async throws {
        let fixture = try TLSFixture { $0.linger = 50 }
        try await fixture.serve { (port, _) async throws in
            for bytes in [HelloBytes(protocols: ["h2"]).bytes, HelloBytes(suites: [1]).bytes, [0], Array("GET / HTTP/1.1\r\n\r\n".utf8)] {
                let client = try TestClient(port: port)
                try await client.send(bytes)
                try await client.closeOutput()
                _ = try await client.readToEnd()
            }
            #expect(await eventually { fixture.contexts.counters.snapshot.allFailures == 4 })
            #expect(fixture.http.lines.lines.isEmpty)
        }
    }

    @Test("A connection counts from its first moment, and one too many gets no handshake")
    func connectionLimit() async throws {
        let fixture = try TLSFixture { $0.connections = 1 }
        try await fixture.serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port)
            await #expect(throws: TestClientError.self) { try await TestClient.secure(port: port) }
            #expect(try await client.request("GET", "/api/v1/public/", headers: [("Connection", "close")]).status == 200)
            #expect(try await client.readToEnd().isEmpty)
            #expect(await eventually { server.connectionCount == 0 })
            let silent = try TestClient(port: port)
            #expect(await eventually { server.connectionCount == 1 })
            await #expect(throws: TestClientError.self) { try await TestClient.secure(port: port) }
            try await silent.closeOutput()
        }
    }

    @Test("An error that does not come from TLS means that the connection went")
    func otherErrors() {
        #expect(TLSHandshakeHandler.failure(of: ChannelError.eof) == .closed)
    }
}
