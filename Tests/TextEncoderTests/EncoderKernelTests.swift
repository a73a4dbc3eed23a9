import CEncoderKernels
import Glibc
import TestSupport
import Testing

@Suite struct EncoderKernelTests {
    /// The greatest distance of two lists of numbers, each measured against its size.
    private static func distance(_ a: [Float], _ b: [Double]) -> Double {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).reduce(0) { max($0, abs(Double($1.0) - $1.1) / max(1, abs($1.1))) }
    }

    @Test(
        "a product agrees with the plain sum in both forms, whatever its sizes",
        arguments: [(1, 1, 1), (2, 7, 5), (5, 64, 16), (6, 65, 17), (7, 384, 48), (13, 33, 100), (48, 40, 16), (50, 32, 31), (101, 16, 64)])
    func linear(rows: Int, inner: Int, outputs: Int) {
        var generator = SeededGenerator(seed: UInt64(rows * 1000 + inner))
        let x = generator.numbers(rows * inner)
        let weights = generator.numbers(outputs * inner)
        let bias = generator.numbers(outputs)
        var packed = [Float](repeating: .nan, count: cenc_packed_size(outputs, inner))
        cenc_pack(weights, outputs, inner, &packed)
        let stride = outputs + 3
        var expected = [Double](repeating: 9, count: rows * stride)
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = Double(bias[output])
                for i in 0..<inner { sum += Double(x[row * inner + i]) * Double(weights[output * inner + i]) }
                expected[row * stride + output] = sum
            }
        }
        for form in [cenc_linear, cenc_linear_portable] {
            // What lies between the rows must stay as it is.
            var y = [Float](repeating: 9, count: rows * stride)
            form(x, rows, inner, packed, bias, outputs, &y, stride)
            #expect(Self.distance(y, expected) < 1e-4)
        }
    }

    @Test("a row gets the same bits alone and among others")
    func rowsEqualSingle() {
        var generator = SeededGenerator(seed: 4)
        let (rows, inner, outputs) = (53, 96, 64)
        let x = generator.numbers(rows * inner)
        let packed = generator.numbers(cenc_packed_size(outputs, inner))
        let bias = generator.numbers(outputs)
        for form in [cenc_linear, cenc_linear_portable] {
            var together = [Float](repeating: 0, count: rows * outputs)
            form(x, rows, inner, packed, bias, outputs, &together, outputs)
            var alone: [Float] = []
            for row in 0..<rows {
                var y = [Float](repeating: 0, count: outputs)
                form(Array(x[(row * inner)..<((row + 1) * inner)]), 1, inner, packed, bias, outputs, &y, outputs)
                alone += y
            }
            #expect(together == alone)
        }
    }

    @Test("GELU agrees with the error function of the C library, from -12 to 12 and beyond", arguments: [1, 3, 8, 9, 4801])
    func gelu(count: Int) {
        let values = (0..<count).map { count == 1 ? 1.5 : Float($0) * 24 / Float(count - 1) - 12 } + [0, -0.0, 100, -100, 3e38, -3e38]
        let expected = values.map { 0.5 * Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) }
        for form in [cenc_gelu, cenc_gelu_portable] {
            var result = values
            form(&result, values.count)
            #expect(Self.distance(result, expected) < 2e-6)
        }
    }

    @Test("what is not a number stays none, so that a damaged model is noticed")
    func notANumber() {
        for form in [cenc_gelu, cenc_gelu_portable] {
            var values: [Float] = [.nan, 1, .nan]
            form(&values, 3)
            #expect(values[0].isNaN && !values[1].isNaN && values[2].isNaN)
        }
        for form in [cenc_attention, cenc_attention_portable] {
            var qkv = [Float](repeating: 0.5, count: 3 * 96)
            qkv[0] = .nan
            var out = [Float](repeating: 0, count: 3 * 32)
            var scratch = [Float](repeating: 0, count: cenc_attention_scratch(3))
            form(qkv, 3, 1, &out, &scratch)
            #expect(out[0..<32].allSatisfy { $0.isNaN })
        }
    }

    @Test("normalisation adds, centres and scales", arguments: [1, 5, 8, 31, 64, 384])
    func norm(width: Int) {
        var generator = SeededGenerator(seed: UInt64(width))
        let rows = 3
        let (x, added) = (generator.numbers(rows * width, within: 4), generator.numbers(rows * width))
        let (scale, shift) = (generator.numbers(width), generator.numbers(width))
        var expected: [Double] = []
        for row in 0..<rows {
            let sums = (0..<width).map { Double(x[row * width + $0]) + Double(added[row * width + $0]) }
            let mean = sums.reduce(0, +) / Double(width)
            let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            expected += (0..<width).map { (sums[$0] - mean) / (variance + 1e-3).squareRoot() * Double(scale[$0]) + Double(shift[$0]) }
        }
        for form in [cenc_add_norm, cenc_add_norm_portable] {
            var result = x
            form(&result, added, rows, width, scale, shift, 1e-3)
            #expect(Self.distance(result, expected) < 1e-5)
        }
    }

    @Test("attention weighs the values by how queries and keys agree", arguments: [1, 2, 3, 4, 5, 7, 8, 12, 18, 33])
    func attention(tokens: Int) {
        var generator = SeededGenerator(seed: UInt64(tokens))
        let heads = 2
        let width = heads * 32
        // Large enough that single scores decide.
        let qkv = generator.numbers(tokens * 3 * width, within: 3)
        let rows = (0..<(3 * tokens)).map { row in qkv[(row * width)..<((row + 1) * width)].map(Double.init) }
        let parts = (0..<3).map { part in stride(from: part, to: rows.count, by: 3).map { rows[$0] } }
        let expected = NaiveEncoder.attention(queries: parts[0], keys: parts[1], values: parts[2]).flatMap { $0 }
        for form in [cenc_attention, cenc_attention_portable] {
            var out = [Float](repeating: 0, count: tokens * width)
            // Behind its scratch memory it must not write.
            let room = cenc_attention_scratch(tokens)
            var scratch = [Float](repeating: 7, count: room + 16)
            form(qkv, tokens, heads, &out, &scratch)
            #expect(Self.distance(out, expected) < 1e-5)
            #expect(scratch[room...].allSatisfy { $0 == 7 })
        }
    }

    @Test("both forms of attention agree on a text of the greatest length")
    func longAttention() {
        var generator = SeededGenerator(seed: 9)
        let qkv = generator.numbers(256 * 3 * 32, within: 2)
        var scratch = [Float](repeating: 0, count: cenc_attention_scratch(256))
        var (out, portable) = ([Float](repeating: 0, count: 256 * 32), [Float](repeating: 1, count: 256 * 32))
        cenc_attention(qkv, 256, 1, &out, &scratch)
        cenc_attention_portable(qkv, 256, 1, &portable, &scratch)
        #expect(Self.distance(out, portable.map(Double.init)) < 1e-5)
    }

    @Test("the mean's direction has length 1, and its length says when there is none")
    func mean() {
        var out: [Float] = [0, 0]
        #expect(cenc_mean_direction([3, 0, 3, 8], 2, 2, &out) == 5)
        #expect(out == [0.6, 0.8])
        #expect(cenc_mean_direction([1, 1, -1, -1], 2, 2, &out) == 0)
        #expect(cenc_mean_direction([.nan, 1], 1, 2, &out).isNaN)
        cenc_sum2([1, 2], [10, 20], 2, &out)
        #expect(out == [11, 22])
        #expect(["avx2", "neon", "portable"].contains(String(cString: cenc_variant())))
    }
}
