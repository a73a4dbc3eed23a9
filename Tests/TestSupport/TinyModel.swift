/// A model of two small layers with random weights: everything that the real one has, in a hundredth of a second.
package struct TinyModel {
    package static let width = 64
    /// Not a whole number of the kernels' panels.
    package static let inner = 100
    package static let positions = 40
    package static let words = ["swift", "engineer", "engine", "##er", "##ing", "job", ".", ",", "日", "ᄒ", "##ᅡ", "##ᆫ"]

    package static let vocabulary: [String] =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words
        + (97...122).flatMap { code -> [String] in
            let letter = String(Character(Unicode.Scalar(UInt8(code))))
            return [letter, "##" + letter]
        }

    package static var vocabularyBytes: [UInt8] { Array((vocabulary.joined(separator: "\n") + "\n").utf8) }

    package var tensors: [(name: String, shape: [Int], values: [Float])] = []

    package init(seed: UInt64 = 1) {
        var generator = SeededGenerator(seed: seed)
        func add(_ name: String, _ shape: [Int], within bound: Float = 0.3, aroundOne: Bool = false) {
            let values = generator.numbers(shape.reduce(1, *), within: bound)
            tensors.append((name, shape, aroundOne ? values.map { 1 + $0 } : values))
        }
        func addLinear(_ name: String, _ outputs: Int, _ inputs: Int) {
            add(name + ".weight", [outputs, inputs])
            add(name + ".bias", [outputs])
        }
        func addNorm(_ name: String) {
            add(name + ".weight", [Self.width], aroundOne: true)
            add(name + ".bias", [Self.width])
        }
        add("embeddings.word_embeddings.weight", [Self.vocabulary.count, Self.width], within: 1)
        add("embeddings.position_embeddings.weight", [Self.positions, Self.width])
        add("embeddings.token_type_embeddings.weight", [2, Self.width])
        addNorm("embeddings.LayerNorm")
        for layer in 0..<2 {
            for part in ["query", "key", "value"] { addLinear("encoder.layer.\(layer).attention.self.\(part)", Self.width, Self.width) }
            addLinear("encoder.layer.\(layer).attention.output.dense", Self.width, Self.width)
            addNorm("encoder.layer.\(layer).attention.output.LayerNorm")
            addLinear("encoder.layer.\(layer).intermediate.dense", Self.inner, Self.width)
            addLinear("encoder.layer.\(layer).output.dense", Self.width, Self.inner)
            addNorm("encoder.layer.\(layer).output.LayerNorm")
        }
    }
}
