@testable import TextEncoder

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func numbers(_ count: Int, within bound: Float = 1) -> [Float] {
        var numbers: [Float] = []
        numbers.reserveCapacity(count)
        while numbers.count < count { numbers.append((Float(next() >> 40) * 0x1p-23 - 1) * bound) }
        return numbers
    }
}

/// A file of weights that is put together piece by piece, so that each rule can be broken by itself.
struct WeightFile {
    var header: String
    var data: [UInt8]

    var bytes: [UInt8] { Self.length(header.utf8.count) + Array(header.utf8) + data }

    static func length(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

    /// As the processors lay them that this runs on.
    static func littleEndian(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// A file of these tensors in single precision, in this order.
    init(_ tensors: [(name: String, shape: [Int], values: [Float])]) {
        var entries: [String] = []
        data = []
        for tensor in tensors {
            let begin = data.count
            data += Self.littleEndian(tensor.values)
            entries.append(Self.entry(tensor.name, "F32", tensor.shape, begin, data.count))
        }
        header = "{\(entries.joined(separator: ","))}"
    }

    init(header: String, data: [UInt8]) {
        self.header = header
        self.data = data
    }

    static func entry(_ name: String, _ type: String, _ shape: [Int], _ begin: Int, _ end: Int) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }
}

/// A model of two small layers with random weights: everything that the real one has, in a hundredth of a second.
struct TinyModel {
    static let width = 64
    /// Not a whole number of the kernels' panels.
    static let inner = 100
    static let positions = 40
    static let words = ["swift", "engineer", "engine", "##er", "##ing", "job", ".", ",", "日", "ᄒ", "##ᅡ", "##ᆫ"]

    static let vocabulary: [String] =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words
        + (97...122).flatMap { code -> [String] in
            let letter = String(Character(Unicode.Scalar(UInt8(code))))
            return [letter, "##" + letter]
        }

    static var vocabularyBytes: [UInt8] { Array((vocabulary.joined(separator: "\n") + "\n").utf8) }

    var tensors: [(name: String, shape: [Int], values: [Float])] = []

    init(seed: UInt64 = 1) {
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

    func opened() throws -> MiniLM {
        try MiniLM(weights: WeightFile(tensors).bytes, vocabulary: Self.vocabularyBytes)
    }
}
