import Platform
import Testing

@testable import Appliance

@Suite struct ConfigurationDumpTests {
    private let file = ConfigurationFile(
        """
        [server]
        listen = ["0.0.0.0:8080"]
        [assistant]
        api_key = "very-secret"
        temperature = 1
        """)

    private func dump(redacted: Bool, _ environment: [String: String] = [:]) throws -> ConfigurationDump {
        ConfigurationDump(loaded: try file.load(environment), redacted: redacted)
    }

    private func lines(_ dump: ConfigurationDump) -> [String] {
        dump.text.split(separator: "\n").map { ConfigurationFile.relative(String($0), to: file) }
    }

    @Test("Every key is shown with its value and where that comes from")
    func origins() throws {
        let lines = lines(try dump(redacted: true, ["JOBRAKER_EMBEDDINGS_API_KEY": "hidden", "STATE_DIRECTORY": "/var/lib/jobs"]))
        #expect(lines.count == Setting.all.count + SettingTable.all.count)
        #expect(lines.contains("listen = [\"0.0.0.0:8080\"]  # config.toml:2:1"))
        #expect(lines.contains("temperature = 1.0  # config.toml:5:1"))
        #expect(lines.contains("drain_seconds = 20  # default"))
        #expect(lines.contains("directory = \"/var/lib/jobs\"  # environment STATE_DIRECTORY"))
        #expect(lines.contains("api_key = \"(redacted)\"  # environment JOBRAKER_EMBEDDINGS_API_KEY"))
        #expect(lines.contains("api_key = \"(redacted)\"  # config.toml:4:1"))
        #expect(lines.contains("registration = \"\"  # default: invite, as not every listener is loopback"))
    }

    @Test("A redacted dump holds no secret, in either form; one that is not set shows as empty")
    func redaction() throws {
        let hidden = try dump(redacted: true)
        #expect(!hidden.text.contains("very-secret"))
        #expect(!hidden.json.contains("very-secret"))
        #expect(lines(hidden).contains("api_key = \"\"  # default"))
        let open = try dump(redacted: false)
        #expect(lines(open).contains("api_key = \"very-secret\"  # config.toml:4:1"))
        #expect(open.json.contains("very-secret"))
    }

    @Test("A dump can be loaded again and says the same")
    func roundTrip() throws {
        let loaded = try file.load()
        let again = try ConfigurationFile(ConfigurationDump(loaded: loaded, redacted: false).text).load()
        #expect(again.values == loaded.values)
    }

    @Test("The defaults alone admit strangers, as nobody else can reach them")
    func defaults() throws {
        let dump = ConfigurationDump(loaded: try Configuration.load(path: nil, environment: [:]), redacted: true)
        #expect(dump.text.contains("registration = \"\"  # default: open, as only this machine reaches the server\n"))
        #expect(dump.text.hasPrefix("[server]\nlisten = [\"127.0.0.1:8080\"]  # default\n"))
        #expect(try JSONValue.parse(Array(dump.json.utf8))["file"] == .null)
    }

    @Test(
        "Why strangers need an invitation is told, and nothing where somebody has decided",
        arguments: [
            ("server.trusted_proxies = ['127.0.0.1']", "\"\"  # default: invite, as server.trusted_proxies names a proxy"),
            ("server.public_url = 'https://jobs.example.com'", "\"\"  # default: invite, as server.public_url is not loopback"),
            ("[auth]\nregistration = ''", "\"\"  # config.toml:2:1: open, as only this machine reaches the server"),
            ("[auth]\nregistration = 'invite'", "\"invite\"  # config.toml:2:1"),
        ])
    func registration(_ text: String, _ expected: String) throws {
        let file = ConfigurationFile(text)
        let lines = ConfigurationDump(loaded: try file.load(), redacted: true).text.split(separator: "\n")
        let line = lines.first { $0.hasPrefix("registration = ") }.map { ConfigurationFile.relative(String($0), to: file) }
        #expect(line == "registration = " + expected)
    }

    @Test("The JSON form has one member for each key")
    func json() throws {
        let json = try JSONValue.parse(Array(try dump(redacted: true).json.utf8))
        #expect(json["file"]?.string == file.path)
        let settings = try #require(json["settings"]?.object)
        #expect(settings.keys == Setting.all.map(\.key))
        #expect(settings["server.listen"]?["value"] == .array([.string("0.0.0.0:8080")]))
        #expect(settings["server.listen"]?["origin"]?.string == "\(file.path):2:1")
        #expect(settings["server.listen"]?["reloadable"] == .bool(false))
        #expect(settings["server.drain_seconds"]?["value"]?.int == 20)
        #expect(settings["server.drain_seconds"]?["unit"]?.string == "seconds")
        #expect(settings["assistant.temperature"]?["value"]?.double == 1)
        #expect(settings["log.level"]?["unit"] == .null)
        #expect(settings["log.level"]?["reloadable"] == .bool(true))
    }

    @Test("Values are written as TOML, whatever is in them")
    func quoting() throws {
        let value = SettingValue.text("a\"b\\c\u{1}\u{7F}é")
        #expect(value.toml == "\"a\\\"b\\\\c\\u0001\\u007Fé\"")
        #expect(try TOMLDocument(Array("a = \(value.toml)".utf8)).leaves.first?.value == .string("a\"b\\c\u{1}\u{7F}é"))
        #expect(SettingValue.list(["a", "b"]).toml == "[\"a\", \"b\"]")
        #expect(SettingValue.number(0.7).toml == "0.7")
    }
}
