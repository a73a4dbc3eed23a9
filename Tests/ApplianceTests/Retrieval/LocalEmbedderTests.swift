import Platform
import TestSupport
import Testing
import TextEncoder

@testable import Appliance

@Suite("The local embedder", .timeLimit(.minutes(1)))
struct LocalEmbedderTests {
    private static func encoder() throws -> MiniLM {
        try MiniLM(weights: TinyModelFiles.weights, vocabulary: TinyModelFiles.vocabulary)
    }

    @Test("Questions and batches get the encoder's vectors, in their order")
    func vectors() async throws {
        let encoder = try Self.encoder()
        let embedder = LocalEmbedder(encoder, name: "tiny", floor: 0.4)
        #expect(embedder.model == EmbeddingModel(name: "tiny", dimensions: TinyModel.width, floor: 0.4))
        let texts = ["swift", "engineer", "job", "", "swift job"]
        let expected = try encoder.encode(texts).map(\.vector)
        #expect(try await embedder.embed(texts) == expected)
        #expect(try await embedder.embed(["job"]) == [expected[2]])
        #expect(try await embedder.embed([]) == [])
        embedder.stop()
    }

    @Test("Many at once are all answered, or refused while the queue is full")
    func concurrent() async throws {
        let encoder = try Self.encoder()
        let embedder = LocalEmbedder(encoder, name: "tiny", floor: 0.4)
        let expected = try encoder.encode(["swift", "job", "engineer"]).map(\.vector)
        let outcomes = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do { return try await embedder.embed(["swift", "job", "engineer"]) == expected } catch { return nil }
                }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(outcomes.count == 200 && outcomes.contains(true) && !outcomes.contains(false))
        embedder.stop()
    }

    @Test("After it has stopped it answers with an error")
    func stopped() async throws {
        let embedder = LocalEmbedder(try Self.encoder(), name: "tiny", floor: 0.4)
        embedder.stop()
        embedder.stop()
        await #expect(throws: (any Error).self) { try await embedder.embed(["swift"]) }
        await #expect(throws: (any Error).self) { try await embedder.embed(["swift", "job", "engineer"]) }
    }

    @Test("It is made from what is installed; where nothing is, there is none, and what is damaged is told")
    func installed() async throws {
        let directory = try TemporaryDirectory()
        let logged = LogSink()
        func opened() -> (local: LocalModel, embedder: (any TextEmbedder)?) {
            let local = LocalModel(in: directory.path, log: Log(level: .info, format: .json, clock: ManualClock()) { logged.add($0) })
            return (local, local.embedder())
        }
        #expect(opened().embedder == nil)
        #expect(logged.text.isEmpty)
        let model = try TinyModelFiles.install(in: directory.path)
        let (local, embedder) = opened()
        let name = model.vectorName
        #expect(embedder?.model == EmbeddingModel(name: name, dimensions: TinyModel.width, floor: EmbeddingModel.floor(of: name)))
        let vectors = try await embedder?.embed(["swift"])
        #expect(try vectors == Self.encoder().encode(["swift"]).map(\.vector))
        local.stop()
        #expect(logged.text.isEmpty)
        try FileSystem.write([1], to: directory.path + "/models/\(KnownModel.name)/vocab.txt")
        let (damaged, none) = opened()
        #expect(none == nil)
        #expect(logged.text.contains("The embedding model cannot be used"))
        damaged.stop()
    }
}
