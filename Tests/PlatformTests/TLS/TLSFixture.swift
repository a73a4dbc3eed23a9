import TestSupport

@testable import Platform

/// Contexts with a certificate made for the test, and an HTTP fixture to serve behind them.
struct TLSFixture {
    let directory: TemporaryDirectory
    let contexts: TLSContextStore
    var http = HTTPFixture()

    init(
        _ certificate: TestCertificate? = nil, minimumVersion: TLSMinimumVersion = .version12,
        limits change: (inout HTTPLimits) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        let pair = try Self.pair(of: try certificate ?? TestCertificate(), in: directory)
        contexts = try TLSContextStore(pair, minimumVersion: minimumVersion)
        change(&http.limits)
    }

    /// Writes the files and reads them as the server does.
    static func pair(
        of certificate: TestCertificate, followedBy others: [TestCertificate] = [], in directory: TemporaryDirectory
    ) throws -> CertificatePair {
        let files = try certificate.write(to: directory.path, followedBy: others)
        return try CertificatePair.load(certificate: files.certificate, key: files.key)
    }

    func serve(_ body: (Int, HTTPServer) async throws -> Void) async throws {
        try await http.serve(tls: contexts, body)
    }

    /// Whether so many handshakes fail, each in this way and none in another.
    func fails(_ failure: TLSHandshakeFailure, times count: Int = 1) async -> Bool {
        await eventually { contexts.counters.snapshot.failures == [failure: count] }
    }
}

/// A ClientHello made by hand, for what no library would send.
struct HelloBytes {
    var suites: [UInt16] = [0xC02B, 0xC02F]
    var signatures: [UInt16] = [0x0403, 0x0804]
    /// What it offers by ALPN.
    var protocols: [String]? = ["http/1.1"]

    /// Bytes with their count in front.
    static func vector(_ bytes: [UInt8], lengthBytes: Int) -> [UInt8] {
        (0..<lengthBytes).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }

    private static func list(_ numbers: [UInt16]) -> [UInt8] {
        vector(numbers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, lengthBytes: 2)
    }

    private static func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [0, type] + vector(content, lengthBytes: 2) }

    var message: [UInt8] {
        var extensions = Self.field(10, Self.list([0x001D, 0x0017])) + Self.field(13, Self.list(signatures))
        if let protocols {
            let names = protocols.flatMap { Self.vector(Array($0.utf8), lengthBytes: 1) }
            extensions += Self.field(16, Self.vector(names, lengthBytes: 2))
        }
        return Self.message(withExtensions: Self.vector(extensions, lengthBytes: 2), suites: Self.list(suites))
    }

    /// `extensions` stands at the end as it is.
    static func message(withExtensions extensions: [UInt8], suites: [UInt8] = [0, 2, 0xC0, 0x2B]) -> [UInt8] {
        [1] + vector([3, 3] + [UInt8](repeating: 7, count: 32) + [0] + suites + [1, 0] + extensions, lengthBytes: 3)
    }

    /// The message in records that end after so many of its bytes, and at its end.
    static func records(_ message: [UInt8], cutAt cuts: [Int] = []) -> [UInt8] {
        var start = 0
        return (cuts + [message.count]).flatMap { end in
            defer { start = end }
            return [22, 3, 1] + vector(Array(message[start..<end]), lengthBytes: 2)
        }
    }

    var bytes: [UInt8] { Self.records(message) }
}
