import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("model install --url", .timeLimit(.minutes(1)))
struct ModelDownloadTests {
    /// A server that has the model at `/models/` and gives the first `cut` bytes of its weights, all of them without.
    private static func script(cut: Int? = nil) -> LoopbackServer.Script {
        { connection, request in
            func answer(_ bytes: [UInt8], _ count: Int? = nil) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
                connection.send(Array(bytes.prefix(count ?? bytes.count)))
                if count != nil { connection.close() }
            }
            switch request.target {
            case "/models/model.safetensors": answer(TinyModelFiles.weights, cut)
            case "/models/vocab.txt": answer(TinyModelFiles.vocabulary)
            case "/moved/vocab.txt": connection.send("HTTP/1.1 302 Found\r\nLocation: /models/vocab.txt\r\nContent-Length: 0\r\n\r\n")
            default: connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            }
        }
    }

    private static func install(_ line: CommandLine, _ url: String, hash: String = TinyModelFiles.weightsHash) async throws -> Int32 {
        try await line.run(
            "model", "install", "--url", url, "--sha256", hash, "--vocabulary-sha256", TinyModelFiles.vocabularyHash)
    }

    @Test("Both files come from the address and its neighbour, and must have their hashes")
    func whole() async throws {
        let line = try CommandLine()
        try await LoopbackServer.with(Self.script()) { (server) async throws in
            let url = server.url + "/models/model.safetensors"
            #expect(try await Self.install(line, url, hash: TinyModelFiles.weightsHash.uppercased()) == 0)
            #expect(server.requests.map(\.target) == ["/models/vocab.txt", "/models/model.safetensors"])
            let model = try InstalledModels(in: line.path("data")).find()
            #expect(model.source == url)
            #expect(try await Self.install(line, url, hash: KnownModel.weights) == 1)
            // Without its own hash the vocabulary must be the known one.
            #expect(try await line.run("model", "install", "--url", url, "--sha256", TinyModelFiles.weightsHash) == 1)
            #expect(try InstalledModels(in: line.path("data")).find() == model)
        }
    }

    @Test("A download that breaks off, is not there or has moved installs nothing")
    func broken() async throws {
        let line = try CommandLine()
        try await LoopbackServer.with(Self.script(cut: 1000)) { (server) async throws in
            for path in ["/models/model.safetensors", "/missing/model.safetensors", "/moved/model.safetensors"] {
                #expect(try await Self.install(line, server.url + path) == 1)
            }
        }
        #expect(try await Self.install(line, "http://127.0.0.1:\(closedPort())/models/model.safetensors") == 1)
        #expect(try await Self.install(line, "ftp://127.0.0.1/models/model.safetensors") == 1)
        #expect(InstalledModels(in: line.path("data")).list().isEmpty)
        #expect(FileSystem.names(in: line.path("data/models")) == [".lock"])
    }
}
