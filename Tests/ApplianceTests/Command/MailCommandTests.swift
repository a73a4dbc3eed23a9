import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("mail", .timeLimit(.minutes(1)))
struct MailCommandTests {
    private func output(_ arguments: String..., settings: String = "") throws -> String {
        let line = try CommandLine(settings: settings)
        let path = line.path("config.toml")
        let command = try MailCommand.Preview.parse(arguments + ["--config", path])
        return try command.output(try Configuration.load(path: path, environment: [:]))
    }

    @Test("A preview shows every mail in each of its forms, without a mail server", arguments: MailKind.allCases)
    func preview(kind: MailKind) throws {
        let text = try output(kind.rawValue)
        #expect(text.hasPrefix("Subject: ") && text.contains("\n\nHello Zoë Müller,"))
        #expect(try output(kind.rawValue, "--html").hasPrefix("<!DOCTYPE html>"))
        let raw = try output(kind.rawValue, "--raw")
        #expect(raw.contains("\r\nMessage-ID: <") && raw.contains("@localhost>\r\n") && raw.utf8.allSatisfy { $0 < 0x80 })
        #expect(raw.contains("\r\nList-Unsubscribe-Post: ") == (kind == .digest))
        let json = try JSONValue.parse(Array(try output(kind.rawValue, "--json").utf8))
        #expect(json.object?.keys == ["subject", "text", "html"])
    }

    @Test("A preview follows the configuration: the service's name, its address, its templates")
    func previewOfTheirs() throws {
        let directory = try TemporaryDirectory()
        try directory.write("Subject: Servus\n\n{{ link profile_address }} at {{ service }}", to: "welcome.txt")
        let settings = "[mail]\nfrom_name = \"Loaf\"\nsite_url = \"https://loaf.example/\"\ntemplates = \"\(directory.path)\"\n"
        let text = try output("welcome", settings: settings)
        #expect(text.hasPrefix("Subject: Servus\n") && text.contains("Loaf · https://loaf.example\n"))
    }

    @Test("What is wrong decides the exit status: 2 for a name or a template, 2 without a mail server, 1 for one that takes nothing")
    func mistakes() async throws {
        let plain = try CommandLine()
        #expect(try await plain.run("mail", "preview", "welcom") == 2)
        #expect(try await plain.run("mail", "test", "ada@example.org") == 2)
        #expect(try await plain.run("mail", "allow", "ghost@example.org") == 1)
        let directory = try TemporaryDirectory()
        try directory.write("{{", to: "welcome.txt")
        let broken = try CommandLine(settings: "[mail]\ntemplates = \"\(directory.path)\"\n")
        #expect(try await broken.run("mail", "preview", "welcome") == 2)
        #expect(try await broken.run("config", "check") == 2)
        let mail =
            "host = \"127.0.0.1\"\nport = \(closedPort())\nsecurity = \"none\"\nfrom = \"a@b.example\"\nsite_url = \"http://localhost\"\n"
        let closed = try CommandLine(settings: "[mail]\n" + mail)
        #expect(try await closed.run("mail", "test", "ada@example.org") == 1)
        #expect(try await closed.run("mail", "test", "no address") == 2)
    }

    @Test("A test sends the example of a template, and needs no server of ours")
    func test() async throws {
        try await StubMailServer.with { stub in
            let line = try CommandLine(
                settings: """
                    [mail]
                    host = "127.0.0.1"
                    port = \(stub.port)
                    security = "none"
                    from = "jobs@example.com"
                    site_url = "https://jobs.example.com"
                    """)
            #expect(try await line.run("mail", "test", "ada@example.org") == 0)
            #expect(try await line.run("mail", "test", "ada@example.org", "--template", "digest", "--json") == 0)
            #expect(stub.mails.map(\.to) == ["ada@example.org", "ada@example.org"])
            #expect(stub.mails.first?.header("Subject") == "Welcome to Jobraker!")
            #expect(stub.mails.last?.text.contains("パン職人") == true)
        }
    }
}
