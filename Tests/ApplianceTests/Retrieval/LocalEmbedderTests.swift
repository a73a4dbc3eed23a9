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
        #expect(try LocalEmbedder.installed(in: directory.path, floor: { _ in 0.4 }) == nil)
        let model = try TinyModelFiles.install(in: directory.path)
        let embedder = try #require(try LocalEmbedder.installed(in: directory.path) { $0 == model.vectorName ? 0.25 : 1 })
        #expect(embedder.model == EmbeddingModel(name: model.vectorName, dimensions: TinyModel.width, floor: 0.25))
        #expect(try await embedder.embed(["swift"]) == Self.encoder().encode(["swift"]).map(\.vector))
        embedder.stop()
        try FileSystem.write([1], to: directory.path + "/models/\(KnownModel.name)/vocab.txt")
        #expect(throws: ModelProblem.self) { try LocalEmbedder.installed(in: directory.path) { _ in 0.4 } }
    }
}
