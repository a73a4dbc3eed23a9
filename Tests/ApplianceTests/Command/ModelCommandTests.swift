import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("model", .timeLimit(.minutes(1)))
struct ModelCommandTests {
    private static func models(_ line: CommandLine) -> InstalledModels { InstalledModels(in: line.path("data")) }

    /// What there is in the directory of models, the lock aside.
    private static func names(_ line: CommandLine) -> [String] {
        (FileSystem.names(in: line.path("data/models")) ?? []).filter { $0 != ".lock" }
    }

    @Test("A directory, or its file of weights, is installed as a model, listed and removed, without a server and beside one")
    func file() async throws {
        let files = try TinyModelFiles()
        let line = try CommandLine()
        #expect(try await line.run("model", "list") == 0)
        #expect(try await line.run("model", "install", "--file", files.path) == 0)
        #expect(Self.names(line) == [KnownModel.name])
        #expect(FileSystem.names(in: line.path("data/models/\(KnownModel.name)")) == ["model.json", "model.safetensors", "vocab.txt"])
        let model = try Self.models(line).find()
        #expect(model.files.map(\.sha256) == [TinyModelFiles.weightsHash, TinyModelFiles.vocabularyHash])
        #expect(model.source == files.path)
        try await line.with(server: true) { () async throws in
            #expect(try await line.run("model", "list", "--json") == 0)
            #expect(try await line.run("model", "install", "--file", files.path + "/model.safetensors") == 0)
            #expect(Self.names(line) == [KnownModel.name])
            #expect(try await line.run("model", "remove", KnownModel.name) == 0)
        }
        #expect(Self.names(line) == [])
        #expect(try await line.run("model", "remove", KnownModel.name) == 1)
    }

    @Test("Names that are not models' are not removed", arguments: ["..", ".", "", "../data", ".lock", "a/b"])
    func strangeNames(name: String) async throws {
        let line = try CommandLine()
        #expect(FileSystem.makeDirectories(line.path("data/models/a/b"), mode: 0o700))
        #expect(try await line.run("model", "remove", name) == 1)
        #expect(FileSystem.exists(line.path("data/models/a/b")))
    }

    @Test("Files that are no model are refused, and what was installed stays")
    func refused() async throws {
        let line = try CommandLine()
        _ = try TinyModelFiles.install(in: line.path("data"))
        let before = try Self.models(line).find()
        let files = try TinyModelFiles()
        try files.directory.write("not a model", to: "model.safetensors")
        #expect(try await line.run("model", "install", "--file", files.path) == 1)
        try FileSystem.write(TinyModelFiles.weights, to: files.path + "/model.safetensors")
        try FileSystem.write(TinyModelFiles.vocabulary + Array("more\n".utf8), to: files.path + "/vocab.txt")
        #expect(try await line.run("model", "install", "--file", files.path) == 1)
        #expect(unlink(files.path + "/vocab.txt") == 0)
        #expect(try await line.run("model", "install", "--file", files.path) == 2)
        #expect(try await line.run("model", "install", "--file", files.path + "/missing") == 2)
        try files.directory.write("no archive", to: "model.whl")
        #expect(try await line.run("model", "install", "--file", files.path + "/model.whl") == 1)
        #expect(Self.names(line) == [KnownModel.name])
        #expect(try Self.models(line).find() == before)
        #expect(try await line.run("model", "list") == 0)
    }

    @Test("A model whose file has changed is damaged, and installing it again mends it")
    func damaged() async throws {
        let files = try TinyModelFiles()
        let line = try CommandLine()
        _ = try TinyModelFiles.install(in: line.path("data"))
        var changed = TinyModelFiles.weights
        changed[changed.count - 1] ^= 1
        let path = line.path("data/models/\(KnownModel.name)/model.safetensors")
        try FileSystem.write(changed, to: path)
        #expect(try await line.run("model", "list") == 1)
        #expect(try await line.run("model", "list", "--json") == 1)
        let models = Self.models(line)
        let problem = ModelProblem.damaged(
            name: KnownModel.name, file: "model.safetensors", expected: TinyModelFiles.weightsHash,
            found: Hex.encode(SHA256.hash(changed)))
        #expect(throws: problem) { try models.open(try models.find()) }
        #expect(problem.message.contains(TinyModelFiles.weightsHash) && problem.message.contains(KnownModel.name))
        #expect(try await line.run("model", "install", "--file", files.path) == 0)
        #expect(try await line.run("model", "list") == 0)
    }

    @Test("A record that no installation has written is told, in the list too")
    func record() async throws {
        let line = try CommandLine()
        _ = try TinyModelFiles.install(in: line.path("data"))
        let record = line.path("data/models/\(KnownModel.name)/model.json")
        for text in ["", "{}", #"{"name":"other"}"#] {
            try FileSystem.write(Array(text.utf8), to: record)
            #expect(throws: ModelProblem.noRecord(path: record)) { try Self.models(line).find() }
            #expect(try await line.run("model", "list") == 1)
        }
    }

    @Test("What an interrupted installation left is no model, and the next one removes it")
    func interrupted() async throws {
        let files = try TinyModelFiles()
        let line = try CommandLine()
        #expect(FileSystem.makeDirectories(line.path("data/models/.partial"), mode: 0o700))
        try FileSystem.write(TinyModelFiles.weights, to: line.path("data/models/.partial/model.safetensors"))
        #expect(Self.models(line).list().isEmpty)
        #expect(throws: ModelProblem.notInstalled(name: KnownModel.name)) { try Self.models(line).find() }
        #expect(try await line.run("model", "install", "--file", files.path) == 0)
        #expect(Self.names(line) == [KnownModel.name])
    }

    @Test("One installs at a time")
    func busy() async throws {
        let files = try TinyModelFiles()
        let line = try CommandLine()
        let installation = try ModelInstallation(in: Self.models(line))
        #expect(try await line.run("model", "install", "--file", files.path) == 1)
        #expect(FileSystem.exists(installation.staging))
    }

    @Test("Options that do not belong together are refused")
    func options() async throws {
        let hash = String(repeating: "0", count: 64)
        for words in [
            ["--file", "x", "--from-pypi"], ["--url", "http://127.0.0.1/x"], ["--sha256", hash],
            ["--url", "http://127.0.0.1/x", "--sha256", "12"],
            ["--url", "http://127.0.0.1/x", "--sha256", hash, "--file", "x"],
        ] {
            #expect(throws: (any Error).self) { try Jobraker.parseAsRoot(["model", "install"] + words) }
        }
    }

    @Test("Vectors of other weights than the known ones never meet those of the known model")
    func vectorName() throws {
        let line = try CommandLine()
        let model = try TinyModelFiles.install(in: line.path("data"))
        #expect(model.vectorName == "\(KnownModel.name)@\(TinyModelFiles.weightsHash.prefix(8))")
        var known = model
        known.files[0].sha256 = KnownModel.weights
        #expect(known.vectorName == KnownModel.name)
        #expect(InstalledModel(model.json) == model)
    }
}
