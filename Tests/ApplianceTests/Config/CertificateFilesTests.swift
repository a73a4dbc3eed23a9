import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// What `config check` says about the files of `[tls]`.
@Suite("Certificate files of a configuration")
struct CertificateFilesTests {
    private func check(_ directory: TemporaryDirectory, server: String = "") throws -> String {
        let settings = """
            [tls]
            listen = ["127.0.0.1:0"]
            certificate = "\(directory.path)/server.pem"
            key = "\(directory.path)/server.key"
            [server]
            \(server)
            """
        _ = try TestAppliance.configuration(settings, in: directory)
        let path = directory.path + "/config.toml"
        return try ConfigCommand.Check.parse(["--config", path]).output([:]).replacing(path, with: "config.toml")
    }

    @Test("The keys of [tls] go together, and an address is listened on once")
    func rules() {
        #expect(
            ConfigurationFile.mistakes("[tls]\nlisten = [\"127.0.0.1:1\"]") == [
                "config.toml:2:1: tls.listen asks for tls.certificate, which is not set",
                "config.toml:2:1: tls.listen asks for tls.key, which is not set",
            ])
        #expect(
            ConfigurationFile.mistakes("[tls]\ncertificate = \"/c\"\nkey = \"/k\"") == [
                "config.toml:2:1: tls.certificate asks for tls.listen, which is not set",
                "config.toml:3:1: tls.key asks for tls.listen, which is not set",
            ])
        let files = "certificate = \"/c\"\nkey = \"/k\"\n"
        let same = "[tls]\nlisten = [\"[::]:1\", \"127.0.0.1:0\"]\n\(files)[server]\nlisten = [\"[::]:1\", \"127.0.0.1:0\"]"
        #expect(
            ConfigurationFile.mistakes(same) == [
                "config.toml:2:1: tls.listen and server.listen both name [::]:1; an address can be listened on once"
            ])
        #expect(
            ConfigurationFile.mistakes("[tls]\nminimum_version = \"1.1\"") == [
                #"config.toml:2:19: tls.minimum_version is "1.1"; it has to be one of "1.2", "1.3""#
            ])
    }

    @Test("`config check` reads the files as a start would, and names the key, the place and the reason")
    func mistakes() throws {
        let directory = try TemporaryDirectory()
        do {
            _ = try check(directory)
            Issue.record("files that are not there were accepted")
        } catch let errors as ConfigurationErrors {
            let path = directory.path
            #expect(
                errors.text == "\(path)/config.toml:3:1: tls.certificate: \(path)/server.pem: cannot be read: No such file or directory")
        }
    }

    @Test("`config check` warns of what clients will refuse, soon or now, and of a key that others can read")
    func warnings() throws {
        let directory = try TemporaryDirectory()
        // A quarter of 80 days is not left any more.
        let end = 10 * 86_400 + 60
        let files = try TestCertificate(["DNS:jobs.example.org"], from: end - 80 * 86_400, to: end).write(to: directory.path)
        chmod(files.key, 0o644)
        let lines = try check(directory, server: #"public_url = "https://www.example.org:8443""#).split(separator: "\n")
        try #require(lines.count == 5)
        #expect(lines[0] == "config.toml: no mistakes; 7 of \(Setting.all.count) keys set")
        #expect(lines[1].hasPrefix("warning: tls.certificate: the certificate expires on 2") && lines[1].hasSuffix("Z, in 10 days"))
        #expect(lines[2].hasPrefix("warning: tls.certificate: the certificate leads to no root that this machine trusts: "))
        #expect(
            lines[3] == "warning: tls.certificate: the certificate is for jobs.example.org, not for www.example.org, "
                + "which server.public_url names; clients refuse it")
        #expect(
            lines[4] == "warning: tls.key: \(files.key): every account of this machine can read the private key; chmod 0640 or tighter")
    }

    @Test(
        "The host that clients look for is the public address's, if that is one of HTTPS",
        arguments: [
            ("", nil), ("http://jobs.example.org", nil), ("https://jobs.example.org", "jobs.example.org"),
            ("https://jobs.example.org:8443", "jobs.example.org"), ("https://192.0.2.7", "192.0.2.7"), ("https://[::1]:8443", "::1"),
        ] as [(String, String?)])
    func host(publicURL: String, expected: String?) throws {
        let file = ConfigurationFile("[server]\npublic_url = \"\(publicURL)\"")
        #expect(CertificateFiles.host(in: try file.load()) == expected)
    }
}
