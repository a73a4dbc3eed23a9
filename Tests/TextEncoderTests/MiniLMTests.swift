import TestSupport
import Testing

@testable import TextEncoder

@Suite struct MiniLMTests {
    private static let texts = [
        "", "swift", "Swift engineers, engineering jobs.", "日 han 한", "unknown ☃", String(repeating: "engineer ", count: 60),
        "a b c d e f g",
        "job", "[SEP]",
    ]

    /// The tokens of a text, by what the tokenizer gave.
    private static func tokens(_ text: String) throws -> [Int] {
        let tokenizer = Tokenizer(vocabulary: try Vocabulary(TinyModel.vocabularyBytes))
        return tokenizer.tokens(of: text, limit: TinyModel.positions).map(Int.init)
    }

    @Test("encodings agree with the model computed in double precision, number by number", arguments: texts)
    func agreesWithNaive(text: String) throws {
        let model = TinyModel(seed: 7)
        let encoding = try #require(try model.opened().encode([text]).first)
        let tokens = try Self.tokens(text)
        #expect(encoding.tokens == tokens.count)
        let expected = NaiveEncoder(model: model).encode(tokens)
        #expect(encoding.vector.count == TinyModel.width)
        for (got, wanted) in zip(encoding.vector, expected) { #expect(abs(Double(got) - wanted) < 2e-6) }
    }

    @Test("a text has the same bits alone and among others, and in whatever order")
    func batchesEqualSingles() throws {
        let model = try TinyModel().opened()
        let alone = try Self.texts.map { try model.encode([$0])[0] }
        #expect(try model.encode(Self.texts) == alone)
        #expect(try model.encode(Self.texts.reversed()) == alone.reversed())
        // More than one pass: each takes 768 tokens.
        let many = Array(repeating: Self.texts, count: 12).flatMap { $0 }
        #expect(try model.encode(many) == Array(repeating: alone, count: 12).flatMap { $0 })
    }

    @Test("no texts give no encodings, and an empty text has one")
    func empty() throws {
        let model = try TinyModel().opened()
        #expect(try model.encode([]).isEmpty)
        let encoding = try #require(try model.encode([""]).first)
        #expect(encoding.tokens == 2)
        #expect(abs(encoding.vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        #expect(model.dimensions == TinyModel.width)
    }

    @Test("many threads may encode at once")
    func concurrent() async throws {
        let model = try TinyModel().opened()
        let expected = try model.encode(Self.texts)
        try await withThrowingTaskGroup(of: [Encoding].self) { group in
            for _ in 0..<8 { group.addTask { try model.encode(Self.texts) } }
            for try await encodings in group { #expect(encodings == expected) }
        }
    }

    @Test("a weight that is not a number is told, and not answered with a vector")
    func damaged() throws {
        var model = TinyModel()
        let place = try #require(model.tensors.firstIndex { $0.name == "encoder.layer.1.output.dense.bias" })
        model.tensors[place].values[5] = .nan
        let opened = try model.opened()
        #expect(throws: EncoderError.noDirection) { try opened.encode(["swift"]) }
    }

    @Test("a vocabulary of another size than the model's is refused")
    func otherVocabulary() {
        let error = EncoderError.vocabulary(.otherCount(tokens: TinyModel.vocabulary.count + 1, rows: TinyModel.vocabulary.count))
        #expect(throws: error) {
            try MiniLM(weights: WeightFile(TinyModel().tensors).bytes, vocabulary: TinyModel.vocabularyBytes + Array("more\n".utf8))
        }
        #expect(error.message == "the vocabulary has \(TinyModel.vocabulary.count + 1) tokens, and the model \(TinyModel.vocabulary.count)")
    }

    @Test("each tensor that the model needs is named when it is missing or has another shape")
    func missingTensors() throws {
        let whole = TinyModel()
        for place in whole.tensors.indices {
            var model = whole
            let removed = model.tensors.remove(at: place)
            // Without its last layer's narrowing weights the model would just have a layer less.
            if removed.name == "encoder.layer.1.output.dense.weight" { continue }
            #expect(throws: EncoderError.tensor(removed.name, .missing)) { try model.opened() }
            model.tensors.append((removed.name, removed.shape + [1], removed.values))
            let error = #expect(throws: EncoderError.self) { try model.opened() }
            guard case .tensor(removed.name, .wrongShape) = error else {
                Issue.record("\(removed.name): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a file is mapped, and a missing one, a folder and an empty one are told apart")
    func files() throws {
        let missing = #expect(throws: EncoderError.self) {
            try MiniLM(weightsFile: "/nonexistent/model.safetensors", vocabulary: TinyModel.vocabularyBytes)
        }
        #expect(missing?.message == "/nonexistent/model.safetensors: No such file or directory")
        #expect(throws: EncoderError.unreadable(file: "/", reason: "not a file")) {
            try MiniLM(weightsFile: "/", vocabulary: TinyModel.vocabularyBytes)
        }
        #expect(throws: EncoderError.unreadable(file: "/dev/null", reason: "not a file")) {
            try MiniLM(weightsFile: "/dev/null", vocabulary: TinyModel.vocabularyBytes)
        }
    }
}
