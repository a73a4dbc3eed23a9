import Testing

@testable import Appliance

@Suite struct ConfigCommandTests {
    @Test("`config check` says that a good file is good, and how much it sets")
    func check() throws {
        let file = ConfigurationFile("[log]\nlevel = \"debug\"")
        #expect(
            try ConfigCommand.Check.parse(["--config", file.path]).output([:])
                == "\(file.path): no mistakes; 1 of \(Setting.all.count) keys set\n")
        #expect(try ConfigCommand.Check.parse([]).output([:]) == "no file: no mistakes; 0 of \(Setting.all.count) keys set\n")
        try ConfigCommand.Check.parse(["--config", file.path]).run()
    }

    @Test("A mistake ends each command with exit status 2")
    func mistake() throws {
        let file = ConfigurationFile("nonsense = 1")
        let check = try ConfigCommand.Check.parse(["--config", file.path])
        let dump = try ConfigCommand.Dump.parse(["--config", file.path])
        for run in [{ try check.run() }, { try dump.run() }] {
            do {
                try run()
                Issue.record("a file with a mistake was accepted")
            } catch {
                #expect("\(error)" == "ExitCode(rawValue: 2)")
            }
        }
    }

    @Test("`config dump` takes the form and the secrets from its flags")
    func dump() throws {
        let file = ConfigurationFile("assistant.api_key = 'very-secret'")
        let plain = try ConfigCommand.Dump.parse(["--config", file.path]).output([:])
        #expect(plain.contains("api_key = \"very-secret\""))
        let redacted = try ConfigCommand.Dump.parse(["--config", file.path, "--redacted"]).output([:])
        #expect(redacted.contains("api_key = \"(redacted)\""))
        let json = try ConfigCommand.Dump.parse(["--config", file.path, "--redacted", "--json"]).output([:])
        #expect(json.hasPrefix("{\"file\":\"\(file.path)\",\"settings\":{\"server.listen\":{"))
        #expect(json.hasSuffix("}}}\n"))
        try ConfigCommand.Dump.parse(["--redacted"]).run()
    }

    @Test("`config example` prints the manual")
    func example() throws {
        try ConfigCommand.Example.parse([]).run()
        #expect(ConfigurationExample.text.hasPrefix("# Jobraker: the configuration file, and its manual.\n"))
        #expect(ConfigurationExample.text.hasSuffix("# format = \"text\"\n"))
    }
}
