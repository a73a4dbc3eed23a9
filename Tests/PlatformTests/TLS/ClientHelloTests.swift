import Testing

@testable import Platform

@Suite("The first bytes of a TLS connection")
struct ClientHelloTests {
    private func judge(_ bytes: [UInt8]) -> ClientHello.Verdict { ClientHello.judge(bytes, serving: "http/1.1") }

    @Test("A hello is undecided until its last byte, and then TLS may have it")
    func whole() {
        for bytes in [HelloBytes().bytes, HelloBytes.records(HelloBytes().message, cutAt: [3, 40, 41])] {
            for count in 0..<bytes.count { #expect(judge(Array(bytes.prefix(count))) == .undecided, "\(count) bytes") }
            #expect(judge(bytes) == .proceed)
            #expect(judge(bytes + [0xFF]) == .proceed)
        }
    }

    @Test(
        "What a hello offers decides, not where in its list or its records it stands",
        arguments: [
            (["http/1.1"] as [String]?, ClientHello.Verdict.proceed), (["h2", "http/1.1"], .proceed), (nil, .proceed), ([], .proceed),
            (["h2"], .foreignProtocol), (["h2", "acme-tls/1"], .foreignProtocol), (["http/1"], .foreignProtocol),
            (["http/1.10"], .foreignProtocol), (["HTTP/1.1"], .foreignProtocol),
        ])
    func protocols(offered: [String]?, verdict: ClientHello.Verdict) {
        let message = HelloBytes(protocols: offered).message
        #expect(judge(HelloBytes.records(message)) == verdict)
        #expect(judge(HelloBytes.records(message, cutAt: [1, 2, 3])) == verdict)
        #expect(judge(HelloBytes.records(message, cutAt: [5, message.count - 1])) == verdict)
    }

    @Test("A hello in more records than anybody needs is not looked into")
    func manyRecords() {
        let message = HelloBytes(protocols: ["h2"]).message
        #expect(judge(HelloBytes.records(message, cutAt: [1, 2, 3, 4])) == .proceed)
    }

    @Test("Plain HTTP is known by its first byte", arguments: ["GET / HTTP/1.1\r\n\r\n", "P", "PRI * HTTP/2.0", "OPTIONS * HTTP/1.1"])
    func plain(text: String) {
        #expect(judge(Array(text.utf8)) == .plainHTTP)
    }

    @Test(
        "What is malformed is left to TLS, which has the alert for it",
        arguments: [
            // No record of a handshake, none of a possible length, a second one that is no handshake.
            [0], Array("get / HTTP/1.1".utf8), [21, 3, 1, 0, 2, 2, 40], [22, 3, 1, 0, 0], [22, 3, 1, 0x40, 1], [22, 3, 1, 0, 2, 1, 0, 23],
            // Another message, one that is too long.
            HelloBytes.records([2, 0, 0, 1, 0]), HelloBytes.records([1, 0, 0x40, 1]),
            // A hello that ends in its random, one without extensions, and such with a list of protocols that is none.
            HelloBytes.records([1, 0, 0, 3, 3, 3, 0]), HelloBytes.records(HelloBytes.message(withExtensions: [])),
            HelloBytes.records(HelloBytes.message(withExtensions: [0, 7, 0, 16, 0, 3, 0, 9, 1])),
            HelloBytes.records(HelloBytes.message(withExtensions: [0, 6, 0, 16, 0, 2, 0, 0])),
            HelloBytes.records(HelloBytes.message(withExtensions: [0, 9, 0, 16])),
        ])
    func malformed(bytes: [UInt8]) {
        #expect(judge(bytes) == .proceed)
    }
}
