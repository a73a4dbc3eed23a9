import Testing

@testable import Appliance

@Suite struct ConfigurationErrorTests {
    /// A file, and the lines that it earns.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let text: String
        let lines: [String]
        var testDescription: String { text }

        init(_ text: String, _ lines: String...) {
            self.text = text
            self.lines = lines
        }
    }

    static let scenarios: [Scenario] = [
        // Not TOML
        .init("[server]\nlisten = [", "config.toml:2:11: not valid TOML: error while parsing array: encountered end-of-file"),
        .init(
            "[log]\nlevel = \"info\"\nlevel = \"debug\"",
            "config.toml:3:9: not valid TOML: error while parsing key-value pair: cannot redefine existing string 'level'"),
        // Names
        .init("[server]\n\nlisen = []", "config.toml:3:1: unknown key server.lisen; did you mean server.listen?"),
        .init("[server]\nlevel = \"info\"", "config.toml:2:1: unknown key server.level; did you mean log.level?"),
        .init("[sever]\nDrain_Seconds = 1", "config.toml:2:1: unknown key sever.Drain_Seconds; did you mean server.drain_seconds?"),
        .init("colour = \"mauve\"", "config.toml:1:1: unknown key colour"),
        .init("\"server.listen\" = []", "config.toml:1:1: unknown key \"server.listen\"; did you mean server.listen?"),
        .init("server.listen.port = 1", "config.toml:1:15: unknown key server.listen.port; did you mean server.listen?"),
        .init("[sevrer]", "config.toml:1:2: unknown table [sevrer]; did you mean [server]?"),
        .init("[redis]", "config.toml:1:2: unknown table [redis]"),
        .init("server = 5", "config.toml:1:1: server is a table; begin it with a line [server]"),
        .init("[[log]]\nlevel = \"info\"", "config.toml:1:3: log is a table; begin it with a line [log]"),
        // Types
        .init("[server]\ndrain_seconds = \"20\"", "config.toml:2:17: server.drain_seconds has to be an integer, not a string"),
        .init("[server]\ndrain_seconds = 20.0", "config.toml:2:17: server.drain_seconds has to be an integer, not a number"),
        .init("[server]\nlisten = \"127.0.0.1:1\"", "config.toml:2:10: server.listen has to be an array, not a string"),
        .init("[assistant]\ntemperature = true", "config.toml:2:15: assistant.temperature has to be a number, not a boolean"),
        .init("[log]\nlevel = [\"info\"]", "config.toml:2:9: log.level has to be a string, not an array"),
        .init("[log]\nlevel = 2026-11-23", "config.toml:2:9: log.level has to be a string, not a date or time"),
        .init("[log.level]", "config.toml:1:1: log.level has to be a string, not a table"),
        .init(
            "[server]\nallowed_origins = [\n  \"https://a.example\",\n  5,\n]",
            "config.toml:4:3: item 2 of server.allowed_origins has to be a string, not an integer"),
        .init("assistant.api_key = 12345", "config.toml:1:21: assistant.api_key has to be a string, not an integer"),
        // Ranges
        .init("[server]\ndrain_seconds = 601", "config.toml:2:17: server.drain_seconds is 601; it has to be from 0 to 600 seconds"),
        .init("[backup]\ninterval_minutes = -1", "config.toml:2:20: backup.interval_minutes is -1; it has to be from 0 to 10080 minutes"),
        .init("[assistant]\ntemperature = 3", "config.toml:2:15: assistant.temperature is 3.0; it has to be from 0.0 to 2.0"),
        .init("[assistant]\ntemperature = nan", "config.toml:2:15: assistant.temperature is nan; it has to be from 0.0 to 2.0"),
        .init(
            "[log]\nlevel = \"verbose\"",
            "config.toml:2:9: log.level is \"verbose\"; it has to be one of \"debug\", \"info\", \"warning\", \"error\""),
        .init("[server]\nlisten = []", "config.toml:2:10: server.listen has 0 items; it takes from 1 to 16"),
        // Mail
        .init(
            "[mail]\nhost = \"mail.example.com\"\nsite_url = \"https://a.example\"",
            "config.toml:2:1: mail.host asks for mail.from, which is not set"),
        .init(
            "[mail]\nhost = \"mail.example.com\"\nfrom = \"a@b.example\"",
            "config.toml:2:1: mail.host asks for mail.site_url, which is not set"),
        .init("[mail]\nuser = \"jobs\"", "config.toml:2:1: mail.user asks for mail.password, which is not set"),
        .init(
            "[mail]\nhost = \"mail.example.com\"\nfrom = \"a@b.example\"\nsite_url = \"https://a.example\"\nsecurity = \"none\"",
            "config.toml:5:1: mail.security is \"none\", which is for a mail server on this machine, and mail.host is \"mail.example.com\""),
        .init("[mail]\nhost = \"[::1]\"\nfrom = \"a@b.example\"\nsite_url = \"https://a.example\"\nsecurity = \"none\""),
        .init(
            "[mail]\nfrom = \"Jobs <a@b.example>\"",
            "config.toml:2:8: mail.from is \"Jobs <a@b.example>\"; expected an e-mail address in ASCII"),
        .init(
            "[mail]\nhost = \"smtp://x\"",
            "config.toml:2:8: mail.host is \"smtp://x\"; expected a host name or an address, IPv6 in brackets"),
        // Forms
        .init(
            "[server]\nlisten = [\"127.0.0.1:80\", \"::1:80\"]",
            "config.toml:2:27: item 2 of server.listen is \"::1:80\"; "
                + "expected host:port or [IPv6]:port, the port from 0 to 65535"),
        .init("[server]\nlisten = [\"a:1\", \"a:1\"]", "config.toml:2:18: item 2 of server.listen repeats \"a:1\""),
        .init(
            "[server]\ntrusted_proxies = [\"proxy\"]",
            "config.toml:2:20: item 1 of server.trusted_proxies is \"proxy\"; expected an address or a network such as 10.0.0.0/8"),
        .init(
            "[server]\npublic_url = \"https://a.example/\"",
            "config.toml:2:14: server.public_url is \"https://a.example/\"; expected an origin such as https://app.example.com: "
                + "lower case, no path, no port that the scheme implies"),
        .init(
            "[assistant]\nmodel = \"m\"\nbase_url = \"localhost:11434\"",
            "config.toml:3:12: assistant.base_url is \"localhost:11434\"; "
                + "expected an address such as http://127.0.0.1:11434/v1: no user name, query or fragment"),
        .init(
            "[storage]\ndirectory = \"a\\nb\"",
            "config.toml:2:13: storage.directory is \"a?b\"; expected a path of at most 4096 bytes without control characters"),
        .init(
            "[embeddings]\nmodel = \"\\u001B[2J\"",
            "config.toml:2:9: embeddings.model is \"?[2J\"; expected a name of at most 200 bytes without control characters"),
        .init(
            "[assistant]\napi_key = \"sk 1234\"",
            "config.toml:2:11: assistant.api_key is malformed; expected at most 4096 visible ASCII characters without spaces"),
        // Keys together
        .init(
            "[assistant]\nbase_url = \"http://127.0.0.1:11434/v1\"",
            "config.toml:2:1: assistant.base_url asks for assistant.model, which is not set"),
        .init("[assistant]\nmodel = \"m\"", "config.toml:2:1: assistant.model asks for assistant.base_url, which is not set"),
        .init(
            "[embeddings]\nprovider = \"openai\"",
            "config.toml:2:1: embeddings.provider asks for embeddings.base_url, which is not set",
            "config.toml:2:1: embeddings.provider asks for embeddings.model, which is not set"),
        .init(
            "[moderation]\nprovider = \"openai\"",
            "config.toml:2:1: moderation.provider asks for moderation.base_url, which is not set",
            "config.toml:2:1: moderation.provider asks for moderation.model, which is not set"),
        .init(
            "[moderation]\nmodel = \"m\"\nbase_url = \"http://127.0.0.1:1/v1\"",
            "config.toml:3:1: moderation.base_url asks for moderation.provider, which is not set"),
        .init("[moderation]\nprovider = \"none\"\nmodel = \"m\"\nbase_url = \"http://127.0.0.1:1/v1\""),
        .init(
            "[moderation]\non_failure = \"ignore\"\ntimeout_ms = 0",
            "config.toml:2:14: moderation.on_failure is \"ignore\"; it has to be one of \"allow\", \"refuse\"",
            "config.toml:3:14: moderation.timeout_ms is 0; it has to be from 100 to 60000 milliseconds"),
        .init(
            "[assistant]\ntotal_timeout_ms = 15000",
            "config.toml:2:1: assistant.first_byte_timeout_ms is 30000; it has to be below assistant.total_timeout_ms, which is 15000",
            "config.toml:2:1: assistant.idle_timeout_ms is 15000; it has to be below assistant.total_timeout_ms, which is 15000"),
        .init(
            "[assistant]\ncontext_tokens = 1000\nanswer_tokens = 2000",
            "config.toml:3:1: assistant.answer_tokens is 2000; it has to be below assistant.context_tokens, which is 1000"),
        // Several at once, in the order of the file, and none about keys together before each is right
        .init(
            "[log]\nlevel = 5\n[assistant]\nmodel = \"m\"\nattempts = 0\n[sterver]\ndrain_seconds = 1",
            "config.toml:2:9: log.level has to be a string, not an integer",
            "config.toml:5:12: assistant.attempts is 0; it has to be from 1 to 10 attempts",
            "config.toml:7:1: unknown key sterver.drain_seconds; did you mean server.drain_seconds?"),
    ]

    @Test("Each mistake is one line with its place", arguments: scenarios)
    func mistakes(_ scenario: Scenario) {
        #expect(ConfigurationFile.mistakes(scenario.text) == scenario.lines)
    }

    @Test("A file that cannot be read is one line with the system's reason")
    func unreadable() {
        let file = ConfigurationFile("")
        for (path, reason) in [(file.directory + "/none.toml", "No such file or directory"), (file.directory, "Is a directory")] {
            do {
                _ = try Configuration.load(path: path, environment: [:])
                Issue.record("\(path) was read")
            } catch {
                #expect(error.text == "\(path): cannot be read: \(reason)")
            }
        }
    }

    @Test("A file larger than any configuration is not read to its end")
    func tooLarge() {
        #expect(
            ConfigurationFile.mistakes(String(repeating: "# comment\n", count: 110_000)) == ["config.toml: cannot be read: File too large"])
    }

    @Test("Several mistakes are several lines of text")
    func text() {
        let place = TOMLDocument.Place(line: 1, column: 2)
        let errors = ConfigurationErrors(errors: [
            .init(source: .file("a\u{1B}.toml"), place: place, fact: .notATable("log")),
            .init(source: .environment("NAME"), place: nil, fact: .unreadable(reason: "why")),
        ])
        #expect(errors.text == "a?.toml:1:2: log is a table; begin it with a line [log]\nenvironment NAME: cannot be read: why")
    }

    @Test("A long name is cut, and stays on its line")
    func long() {
        let mistakes = ConfigurationFile.mistakes("\"" + String(repeating: "x", count: 4000) + "\\n\" = 1")
        #expect(mistakes == ["config.toml:1:1: unknown key \"" + String(repeating: "x", count: 119) + "…"])
    }
}
