import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("What is wrong with a certificate that can be served")
struct CertificateWarningTests {
    private let directory: TemporaryDirectory
    private let root: TestCertificate
    private let now = SystemClock().now()

    init() throws {
        directory = try TemporaryDirectory()
        root = try TestCertificate([], isAuthority: true)
        try TestCertificate.write(root.pem, to: directory("root.pem"))
    }

    private var roots: CertificateTrust.Roots { .file(directory("root.pem")) }

    private func warnings(
        _ certificate: TestCertificate, after seconds: Int = 0, host: String? = nil, keyMode: mode_t = 0o600
    ) throws -> [CertificateWarning] {
        let files = try certificate.write(to: directory.path)
        chmod(files.key, keyMode)
        let pair = try CertificatePair.load(certificate: files.certificate, key: files.key)
        return pair.warnings(at: now.adding(seconds: seconds), host: host, roots: roots)
    }

    @Test("A certificate of a trusted authority, in its time and for its host, is not spoken of")
    func none() throws {
        #expect(try warnings(TestCertificate(issuer: root), host: "jobs.example.org").isEmpty)
    }

    @Test("The end is announced in the last quarter of its life")
    func soon() throws {
        // It was issued an hour ago, for 40 days in all.
        let certificate = try TestCertificate(to: 40 * 86_400 - 3_600, issuer: root)
        #expect(try warnings(certificate, after: 29 * 86_400).isEmpty)
        let found = try warnings(certificate, after: 31 * 86_400)
        #expect(found.count == 1 && found[0].file == .certificate)
        #expect(found[0].words.hasPrefix("the certificate expires on 2") && found[0].words.hasSuffix(", in 8 days"))
    }

    @Test("One that has run out or has not begun is judged by its dates alone")
    func time() throws {
        let over = try warnings(TestCertificate(from: -7_200, to: -3_600, issuer: root))
        #expect(over.count == 1 && over[0].words.hasPrefix("the certificate expired on ") && over[0].words.hasSuffix("; clients refuse it"))
        let early = try warnings(TestCertificate(from: 3_600, issuer: root))
        #expect(early.count == 1 && early[0].words.hasPrefix("the certificate is not valid before "))
    }

    @Test("One that leads to no trusted root is")
    func untrusted() throws {
        let selfSigned = try warnings(TestCertificate())
        #expect(selfSigned == [.untrusted] && selfSigned[0].words.contains("Strict-Transport-Security is not sent"))
        let middle = try TestCertificate([], issuer: root, isAuthority: true)
        #expect(try warnings(TestCertificate(issuer: middle)) == [.untrusted])
    }

    @Test(
        "The host is looked for as browsers look for it",
        arguments: [
            (["DNS:jobs.example.org"], "JOBS.example.org", true), (["DNS:jobs.example.org"], "example.org", false),
            (["DNS:*.example.org"], "jobs.example.org", true), (["DNS:*.example.org"], "a.jobs.example.org", false),
            (["DNS:*.example.org"], "example.org", false), (["IP:192.0.2.7"], "192.0.2.7", true),
            (["IP:192.0.2.7"], "192.0.2.8", false), (["DNS:192.0.2.7"], "192.0.2.7", false), (["IP:::1"], "::1", true),
            // The common name counts no more.
            ([], "Test server", false),
        ])
    func host(names: [String], host: String, isFor: Bool) throws {
        let certificate = try TestCertificate(names, issuer: root)
        #expect(CertificateFacts.names(certificate.der, include: host) == isFor)
        let found = try warnings(certificate, host: host)
        let dnsNames = names.filter { $0.hasPrefix("DNS:") }.map { String($0.dropFirst(4)) }
        #expect(found == (isFor ? [] : [.otherName(host: host, names: dnsNames)]))
    }

    @Test("Another host is told with the names that there are")
    func otherName() {
        #expect(
            CertificateWarning.otherName(host: "c.example", names: ["a.example", "b.example"]).words
                == "the certificate is for a.example, b.example, not for c.example, which server.public_url names; clients refuse it")
        #expect(
            CertificateWarning.otherName(host: "c.example", names: []).words.hasPrefix("the certificate is for no host, not for c.example"))
    }

    @Test("Keys that clients refuse are told")
    func keys() throws {
        let short = try warnings(TestCertificate(key: .rsa(bits: 1_024), issuer: root))
        #expect(short.last == .shortKey(bits: 1_024) && short.last?.words.contains("1024 bits") == true)
        let modern = try warnings(TestCertificate(key: .ed25519, issuer: root))
        #expect(modern == [.notForBrowsers] && modern[0].words.contains("Ed25519") && modern[0].file == .certificate)
        #expect(CertificateFacts.unlikedKey([1, 2, 3]) == nil)
    }

    @Test("A key that everybody can read is told, whatever the certificate is")
    func readableKey() throws {
        let found = try warnings(TestCertificate(issuer: root), keyMode: 0o604)
        #expect(found == [.keyIsReadable(path: directory("server.key"))] && found[0].file == .key)
        #expect(
            found[0].words == directory("server.key") + ": every account of this machine can read the private key; chmod 0640 or tighter")
        #expect(try warnings(TestCertificate(issuer: root), keyMode: 0o640).isEmpty)
    }
}

@Suite("Trust in a chain of certificates")
struct CertificateTrustTests {
    @Test("A chain holds when each link leads on to a root, and is valid now")
    func chains() throws {
        let directory = try TemporaryDirectory()
        let root = try TestCertificate([], isAuthority: true)
        let middle = try TestCertificate([], issuer: root, isAuthority: true)
        let leaf = try TestCertificate(issuer: middle)
        try TestCertificate.write(root.pem, to: directory("root.pem"))
        let roots = CertificateTrust.Roots.file(directory("root.pem"))
        func holds(_ chain: [TestCertificate]) -> Bool { CertificateTrust.holds(chain.map(\.der), roots: roots) }

        #expect(holds([leaf, middle]) && holds([leaf, middle, root]) && holds([leaf, root, middle]))
        #expect(!holds([leaf]) && !holds([leaf, root]))
        // Signed by one who may not sign, and out of its time.
        #expect(!holds([try TestCertificate(issuer: leaf), leaf, middle]))
        #expect(!holds([try TestCertificate(from: -7_200, to: -3_600, issuer: root)]))
        #expect(!CertificateTrust.holds([leaf.der, middle.der], roots: .system))
    }

    @Test("What is no chain does not hold, and neither does one without roots to hold it against")
    func nonsense() throws {
        let leaf = try TestCertificate()
        #expect(!CertificateTrust.holds([], roots: .system))
        #expect(!CertificateTrust.holds([leaf.der, [1, 2, 3]], roots: .system))
        #expect(!CertificateTrust.holds([leaf.der], roots: .file("/nonexistent")))
    }
}
