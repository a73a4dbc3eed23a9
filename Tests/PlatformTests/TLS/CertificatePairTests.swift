import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Certificate files")
struct CertificatePairTests {
    private let directory: TemporaryDirectory
    private let certificate: TestCertificate
    private let files: (certificate: String, key: String)

    init() throws {
        directory = try TemporaryDirectory()
        certificate = try TestCertificate()
        files = try certificate.write(to: directory.path)
    }

    /// What is said of a pair of files that cannot be served; paths without their directory.
    private func words(certificate: String? = nil, key: String? = nil) -> String? {
        do throws(CertificateProblem) {
            _ = try CertificatePair.load(certificate: certificate ?? files.certificate, key: key ?? files.key)
            return nil
        } catch {
            return error.words.split(separator: directory.path + "/", omittingEmptySubsequences: false).joined()
        }
    }

    private func file(_ text: String, name: String = "file.pem") throws -> String {
        try TestCertificate.write(text, to: directory(name))
        return directory(name)
    }

    @Test("A good pair tells its names and its time")
    func good() throws {
        let pair = try CertificatePair.load(certificate: files.certificate, key: files.key)
        #expect(pair.names == ["localhost", "jobs.example.org"])
        #expect(pair.notBefore < SystemClock().now() && pair.notAfter > SystemClock().now().adding(seconds: 89 * 86_400))
        #expect(try pair.chain.map { try $0.toDERBytes() } == [certificate.der])
    }

    @Test("Windows' line ends, text around the blocks, and both blocks in one file are taken")
    func forms() throws {
        let both = "A note.\n" + certificate.keyPEM + "Another.\n" + certificate.pem
        let path = try file(both.split(separator: "\n").joined(separator: " \r\n") + "\r\n")
        #expect(words(certificate: path, key: path) == nil)
    }

    @Test(
        "Keys of every kind that is served are taken", arguments: [TestCertificate.Key.ecdsa(curve: "P-384"), .rsa(bits: 2_048), .ed25519])
    func kinds(key: TestCertificate.Key) throws {
        let pair = try TLSFixture.pair(of: try TestCertificate(key: key), in: directory)
        #expect(pair.names == ["localhost", "jobs.example.org"])
    }

    @Test("What lies behind the first certificate goes with it")
    func chain() throws {
        let root = try TestCertificate([], isAuthority: true)
        let middle = try TestCertificate([], issuer: root, isAuthority: true)
        let leaf = try TestCertificate(issuer: middle)
        let pair = try TLSFixture.pair(of: leaf, followedBy: [middle], in: directory)
        #expect(try pair.chain.map { try $0.toDERBytes() } == [leaf.der, middle.der])
    }

    @Test("A file that is not there, is no file, or has no end is refused with the reason")
    func unreadable() throws {
        #expect(words(certificate: directory("none")) == "none: cannot be read: No such file or directory")
        #expect(words(key: directory("none")) == "none: cannot be read: No such file or directory")
        #expect(words(key: "/dev/null") == "/dev/null: cannot be read: not a regular file")
        let large = try file(String(repeating: "-", count: 1 << 20) + "-")
        #expect(words(certificate: large) == "file.pem: cannot be read: File too large")
    }

    @Test("A file without a block of its kind is refused, and what it holds instead is named")
    func noPEM() throws {
        let empty = try file("")
        #expect(words(certificate: empty) == "file.pem: holds no PEM certificate (-----BEGIN CERTIFICATE-----)")
        #expect(words(key: empty) == "file.pem: holds no PEM private key (-----BEGIN PRIVATE KEY-----)")
        #expect(
            words(certificate: files.key) == "server.key: holds no PEM certificate (-----BEGIN CERTIFICATE-----), but a PRIVATE KEY")
        #expect(
            words(key: files.certificate) == "server.pem: holds no PEM private key (-----BEGIN PRIVATE KEY-----), but a CERTIFICATE")
    }

    @Test("A damaged block is refused")
    func damaged() throws {
        let halves = { (text: String) in String(text.prefix(120)) + "\n" + (text.split(separator: "\n").last ?? "") + "\n" }
        let broken = try file(certificate.pem + halves(certificate.pem))
        #expect(words(certificate: broken) == "file.pem: a certificate in it is damaged, or of a kind that TLS has no use for")
        let key = try file(halves(certificate.keyPEM), name: "file.key")
        #expect(words(key: key) == "file.key: the private key in it is damaged, or of a kind that TLS has no use for")
    }

    @Test("A certificate on a curve that is not served is refused as such")
    func foreignCurve() throws {
        let foreign = try TestCertificate(key: .ecdsa(curve: "P-224")).write(to: directory.path, as: "p224")
        #expect(
            words(certificate: foreign.certificate, key: foreign.key)
                == "p224.pem: a certificate in it is damaged, or of a kind that TLS has no use for")
    }

    @Test("An encrypted key is refused, in both forms that there are", arguments: [true, false])
    func encrypted(traditional: Bool) throws {
        let key = try file(certificate.encryptedKeyPEM(traditional: traditional))
        #expect(words(key: key) == "file.pem: the private key is encrypted, and a server has nobody to ask for the passphrase")
    }

    @Test("A key of another certificate is refused, and so is the right one when its certificate is not the first")
    func mismatch() throws {
        let root = try TestCertificate([], isAuthority: true)
        let other = try TestCertificate(key: .rsa(bits: 2_048)).write(to: directory.path, as: "other")
        #expect(words(key: other.key) == "other.key: is not the key of the first certificate in server.pem")
        let reversed = try file(root.pem + certificate.pem)
        #expect(words(certificate: reversed) == "server.key: is not the key of the first certificate in file.pem")
    }
}
