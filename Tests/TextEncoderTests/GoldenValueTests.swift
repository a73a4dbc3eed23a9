import Glibc
import Testing

@testable import TextEncoder

/// The real model against what the reference implementation answered, once, to twenty texts.
@Suite struct GoldenValueTests {
    private static let directory = ".build/models/all-MiniLM-L6-v2"

    private static func model() throws -> MiniLM? {
        // Found from this file, for whoever runs the tests from elsewhere.
        var root = #filePath
        for _ in 0..<3 { root = String(root[..<(root.lastIndex(of: "/") ?? root.startIndex)]) }
        let folder = "\(root)/\(directory)"
        guard let file = fopen(folder + "/vocab.txt", "r") else {
            Issue.record("The model is missing: `python3 Tests/Tools/minilm.py` puts it into \(directory), and so does `make test`.")
            return nil
        }
        defer { fclose(file) }
        var vocabulary = [UInt8](repeating: 0, count: 1 << 20)
        vocabulary.removeLast(vocabulary.count - fread(&vocabulary, 1, vocabulary.count, file))
        return try MiniLM(weightsFile: folder + "/model.safetensors", vocabulary: vocabulary)
    }

    @Test("the real model gives the reference's vectors")
    func agrees() throws {
        guard let model = try Self.model() else { return }
        #expect(GoldenValue.all.count == 20)
        let texts = GoldenValue.all.map { String(repeating: $0.text, count: $0.times) }
        for (golden, encoding) in zip(GoldenValue.all, try model.encode(texts)) {
            #expect(encoding.tokens == golden.tokens)
            for (got, wanted) in zip(encoding.vector, golden.first) { #expect(abs(got - wanted) < 1e-5, "\(golden.text)") }
            let weighed = encoding.vector.enumerated().reduce(0) { $0 + Double($1.element) * Double($1.offset % 7 - 3) }
            #expect(abs(weighed - golden.weighed) < 1e-4, "\(golden.text)")
            let norm = encoding.vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(norm - golden.norm) < 1e-5, "\(golden.text)")
        }
    }

    @Test("the real model knows which texts mean the same")
    func meanings() throws {
        guard let model = try Self.model() else { return }
        let texts = ["They knead dough and bake bread.", "A baker's work", "Flying passenger aircraft"]
        let vectors = try model.encode(texts).map(\.vector)
        let near = zip(vectors[0], vectors[1]).reduce(0) { $0 + $1.0 * $1.1 }
        let far = zip(vectors[0], vectors[2]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(near > 0.45 && far < 0.2)
    }
}
