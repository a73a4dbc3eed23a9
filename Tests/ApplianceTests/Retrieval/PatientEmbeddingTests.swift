import Synchronization
import Testing

@testable import Appliance

@Suite struct PatientEmbeddingTests {
    /// Refuses any request with a text that it does not like, and counts requests.
    private final class Picky: TextEmbedder {
        struct Refusal: Error {}

        let model = EmbeddingModel(name: "picky", dimensions: 2, floor: 0)
        let isWell: Bool
        let asked: Mutex<[[String]]> = Mutex([])

        init(isWell: Bool = true) { self.isWell = isWell }

        func embed(_ texts: [String]) async throws -> [[Float]] {
            asked.withLock { $0.append(texts) }
            guard isWell, !texts.contains(where: { $0.hasPrefix("bad") }) else { throw Refusal() }
            return texts.map { text in
                switch text {
                case "zero": [0, 0]
                case "long": [1, 2, 3]
                default: [Float(text.count), 1]
                }
            }
        }
    }

    @Test("A batch that is taken costs one request")
    func good() async throws {
        let picky = Picky()
        #expect(try await PatientEmbedding(embedder: picky).embed(["a", "bb"]) == [.vector([1, 1]), .vector([2, 1])])
        #expect(picky.asked.withLock { $0 } == [["a", "bb"]])
        #expect(try await PatientEmbedding(embedder: picky).embed([]) == [])
    }

    @Test("One text that is refused costs the others nothing", arguments: [0, 3, 6])
    func refused(place: Int) async throws {
        var texts = (0..<7).map { String(repeating: "x", count: $0 + 1) }
        texts[place] = "bad"
        let outcomes = try await PatientEmbedding(embedder: Picky()).embed(texts)
        for (number, outcome) in outcomes.enumerated() {
            if number == place {
                guard case .refused = outcome else { Issue.record("\(outcome)"); continue }
            } else {
                #expect(outcome == .vector([Float(number + 1), 1]))
            }
        }
    }

    @Test("An embedder that is out of order is no fault of the texts")
    func down() async throws {
        let picky = Picky(isWell: false)
        await #expect(throws: Picky.Refusal.self) { _ = try await PatientEmbedding(embedder: picky).embed(["a", "b", "c"]) }
        #expect(picky.asked.withLock { $0.count } == 2)
    }

    @Test("A vector that cannot be compared counts as a refusal")
    func unusable() async throws {
        let outcomes = try await PatientEmbedding(embedder: Picky()).embed(["zero", "long", "a"])
        #expect(outcomes == [.refused("the vector has no direction"), .refused("the vector has 3 dimensions"), .vector([1, 1])])
    }
}
