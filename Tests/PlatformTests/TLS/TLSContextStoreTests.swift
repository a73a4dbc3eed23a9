import TestSupport
import Testing

@testable import Platform

@Suite("The certificate in use", .timeLimit(.minutes(1)))
struct TLSContextStoreTests {
    @Test("A new certificate is for new connections, and old ones go on")
    func replace() async throws {
        let (first, second) = (try TestCertificate(), try TestCertificate())
        let fixture = try TLSFixture(first)
        try await fixture.serve { (port, _) async throws in
            let old = try await TestClient.secure(port: port)
            try fixture.contexts.replace(try TLSFixture.pair(of: second, in: fixture.directory), minimumVersion: .version12)
            let new = try await TestClient.secure(port: port)
            #expect(old.session?.certificate == first.der && new.session?.certificate == second.der)
            for client in [old, new] { #expect(try await client.request("GET", "/api/v1/public/").status == 200) }
        }
    }

    @Test("The minimum version can change with the certificate")
    func minimumVersion() async throws {
        let certificate = try TestCertificate()
        let fixture = try TLSFixture(certificate, minimumVersion: .version13)
        try await fixture.serve { (port, _) async throws in
            let old = TLSOptions { $0.newest = .tls12 }
            await #expect(throws: TestClientError.self) { try await TestClient.secure(port: port, old) }
            try fixture.contexts.replace(fixture.contexts.pair, minimumVersion: .version12)
            #expect(try await TestClient.secure(port: port, old).session?.version == .tls12)
        }
    }

    @Test("New ticket keys come with a new context of the same certificate")
    func ticketKeys() async throws {
        let certificate = try TestCertificate()
        let fixture = try TLSFixture(certificate)
        let before = fixture.contexts.context
        try fixture.contexts.renewTicketKeys()
        #expect(fixture.contexts.context !== before)
        try await fixture.serve { (port, _) async throws in
            #expect(try await TestClient.secure(port: port).session?.certificate == certificate.der)
        }
    }

    @Test("200 handshakes while the certificate changes all the time: none fails, and each gets one of the two")
    func reloads() async throws {
        let certificates = [try TestCertificate(), try TestCertificate()]
        let fixture = try TLSFixture(certificates[0])
        let pairs = try certificates.map { try TLSFixture.pair(of: $0, in: fixture.directory) }
        try await fixture.serve { (port, _) async throws in
            let reloading = Task {
                var count = 0
                while !Task.isCancelled {
                    count += 1
                    try fixture.contexts.replace(pairs[count % 2], minimumVersion: .version12)
                    try fixture.contexts.renewTicketKeys()
                    await Task.yield()
                }
                return count
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<50 {
                            let session = try await TestClient.secure(port: port).session
                            #expect(certificates.contains { $0.der == session?.certificate })
                        }
                    }
                }
                try await group.waitForAll()
            }
            reloading.cancel()
            #expect(try await reloading.value > 1)
            // A client of TLS 1.3 is done before its last message has been read.
            #expect(await eventually { fixture.contexts.counters.snapshot.handshakes == 200 })
            #expect(fixture.contexts.counters.snapshot.failures.isEmpty)
        }
    }
}
