import Testing

@testable import Appliance

@Suite struct SecretTests {
    private static let variables = ["JOBRAKER_ASSISTANT_API_KEY": "from-variable", "JOBRAKER_EMBEDDINGS_API_KEY": "other"]

    @Test("The environment gives the secrets that the file does not mention")
    func environment() throws {
        let loaded = try Configuration.load(path: nil, environment: Self.variables)
        #expect(loaded.values.assistant.apiKey == "from-variable")
        #expect(loaded.values.embeddings.apiKey == "other")
        #expect(loaded[origin: "assistant.api_key"] == .set(.environment("JOBRAKER_ASSISTANT_API_KEY"), nil))
        #expect(
            try Configuration.load(path: nil, environment: ["JOBRAKER_ASSISTANT_API_KEY": ""])[origin: "assistant.api_key"] == .standard)
    }

    @Test("The file wins, even when it says that there is no secret")
    func file() throws {
        #expect(try ConfigurationFile("assistant.api_key = 'from-file'").load(Self.variables).values.assistant.apiKey == "from-file")
        #expect(try ConfigurationFile("assistant.api_key = ''").load(Self.variables).values.assistant.apiKey == "")
    }

    @Test("A credential comes before the environment, without its line end")
    func credential() throws {
        let file = ConfigurationFile("from-credential\n", name: "assistant.api_key")
        let loaded = try Configuration.load(
            path: nil, environment: Self.variables.merging(["CREDENTIALS_DIRECTORY": file.directory]) { $1 })
        #expect(loaded.values.assistant.apiKey == "from-credential")
        #expect(loaded[origin: "assistant.api_key"].words == "credential \(file.path)")
        #expect(loaded.values.embeddings.apiKey == "other")
        file.write("no-line-end", name: "embeddings.api_key")
        #expect(
            try Configuration.load(path: nil, environment: ["CREDENTIALS_DIRECTORY": file.directory]).values.embeddings.apiKey
                == "no-line-end")
    }

    @Test("A malformed secret is reported by where it came from, and never repeated")
    func malformed() {
        let lines = ConfigurationFile.mistakes("", ["JOBRAKER_ASSISTANT_API_KEY": "two words"])
        #expect(
            lines == [
                "environment JOBRAKER_ASSISTANT_API_KEY: assistant.api_key is malformed; "
                    + "expected at most 4096 visible ASCII characters without spaces"
            ])
    }

    @Test("A credential that cannot be read is a mistake, not a missing secret")
    func unreadable() {
        let file = ConfigurationFile(String(repeating: "x", count: 2 << 20), name: "assistant.api_key")
        do {
            _ = try Configuration.load(path: nil, environment: ["CREDENTIALS_DIRECTORY": file.directory])
            Issue.record("the credential was read")
        } catch {
            #expect(error.text == "credential \(file.path): cannot be read: File too large")
        }
    }
}
