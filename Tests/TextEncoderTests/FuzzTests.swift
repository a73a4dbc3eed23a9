import TestSupport
import Testing

@testable import TextEncoder

/// Random changes to good input, for a moment in every test run and for as long as `make fuzz` says.
@Suite(.serialized) struct FuzzTests {
    /// Bytes that are taken out, doubled, replaced, or replaced by what such a file has elsewhere.
    private static func mutated(_ bytes: [UInt8], _ pieces: [[UInt8]], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...8, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
            case 3: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            case 4: bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator) ?? [])
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    @Test("no change to a file of weights traps, and what is still accepted lies in the file")
    func weights() {
        let tensors: [(name: String, shape: [Int], values: [Float])] = [
            ("embeddings.word_embeddings.weight", [3, 2], [1, 2, 3, 4, 5, 6]), ("b", [2], [7, 8]), ("c", [1, 1, 2], [9, 10]),
        ]
        let good = WeightFile(tensors).bytes
        let words = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0041", "\\ud83d\\ude00", "0", "1", "9223372036854775807", "9223372036854775808",
            "-1",
            "18446744073709551615", "4294967296", "F32", "F16", "I64", "BOOL", "shape", "dtype", "data_offsets", "__metadata__", "{}", "[]",
            "\u{0}", "b", "c", " ",
        ]
        let pieces = words.map { Array($0.utf8) } + [[0xFF, 0xFE], [0x80], [UInt8](repeating: 0xFF, count: 8)]
        var accepted = 0
        let runs = Fuzzing.repeatedly(share: 0.5, usually: 0.3) { generator in
            let bytes = Self.mutated(good, pieces, using: &generator)
            let memory = WeightBytes(copying: bytes)
            guard let file = try? Safetensors(memory) else { return true }
            accepted += 1
            for tensor in tensors {
                guard let shape = try? file.shape(tensor.name), let numbers = try? file.numbers(tensor.name, shape: shape) else { continue }
                #expect(numbers.count == shape.reduce(1, *))
                guard numbers.memory != nil, let begin = memory.bytes.baseAddress else { continue }
                let start = UnsafeRawPointer(numbers.numbers)
                #expect(start >= begin && start + 4 * numbers.count <= begin + memory.bytes.count)
            }
            return true
        }
        // The changes must not all be so coarse that nothing behind the header is ever reached.
        #expect(runs > 20 && accepted > 0)
    }

    @Test("a model whose tensors have other sizes is refused, or encodes texts all the same")
    func models() {
        let file = WeightFile(TinyModel().tensors)
        let header = Array(file.header.utf8)
        let pieces = ["0", "1", "64", "100", "[", "]", ",", "query", "layer.1", "F16", "BF16"].map { Array($0.utf8) }
        let runs = Fuzzing.repeatedly(share: 0.5, usually: 0.3) { generator in
            var changed = file
            changed.header = String(decoding: Self.mutated(header, pieces, using: &generator), as: UTF8.self)
            guard let model = try? MiniLM(weights: changed.bytes, vocabulary: TinyModel.vocabularyBytes) else { return true }
            guard let encodings = try? model.encode(["swift engineer", ""]) else { return true }
            #expect(encodings.count == 2 && encodings.allSatisfy { $0.vector.count == model.dimensions })
            return true
        }
        #expect(runs > 5)
    }

    @Test("no text and no change to a vocabulary traps, and tokens are always those of the vocabulary")
    func texts() throws {
        let good = TinyModel.vocabularyBytes
        let whole = try Vocabulary(good)
        let pieces =
            ["\n", "##", "[UNK]", "[SEP]", "\r", " ", "é", "日", "\u{301}", "한", "😀", "İ", "x"].map { Array($0.utf8) } + [[0xC3], [0xFF]]
        let seedText = Array("Swift engineers, [SEP] naïve 日本 한글 e\u{301} engineering.".utf8)
        let runs = Fuzzing.repeatedly(usually: 0.3) { generator in
            var vocabulary = whole
            if Bool.random(using: &generator), let other = try? Vocabulary(Self.mutated(good, pieces, using: &generator)) {
                vocabulary = other
            }
            var text = String(decoding: Self.mutated(seedText, pieces, using: &generator), as: UTF8.self)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                let scalars = (0..<Int.random(in: 0...200, using: &generator)).compactMap { _ in
                    Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator))
                }
                text.unicodeScalars.append(contentsOf: scalars)
            }
            let limit = Int.random(in: 2...40, using: &generator)
            let tokens = Tokenizer(vocabulary: vocabulary).tokens(of: text, limit: limit)
            #expect((2...limit).contains(tokens.count) && tokens.first == vocabulary.start && tokens.last == vocabulary.end)
            #expect(tokens.allSatisfy { (0..<Int32(vocabulary.count)).contains($0) })
            return true
        }
        #expect(runs > 20)
    }
}
