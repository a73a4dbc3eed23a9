import CEncoderKernels

/// One pass of a few texts through the model, and the memory that it takes.
///
/// The texts lie one after the other without padding: each linear map sees one
/// long list of tokens, and only attention knows where a text begins and ends.
final class EncoderPass {
    private let weights: EncoderWeights
    private let tokens: [[Int32]]
    private let rows: Int
    private let memory: UnsafeMutablePointer<Float>
    /// The tokens' numbers between the layers; what a part of a layer adds to them; queries, keys and values; the
    /// widened form of a few tokens; the scores of attention.
    private let (x, added, qkv, wide, scores): (Numbers, Numbers, Numbers, Numbers, Numbers)

    private typealias Numbers = UnsafeMutablePointer<Float>

    /// Tokens that are widened at a time: few enough for the processor's cache.
    private static let block = 48
    /// As BERT was trained.
    private static let epsilon: Float = 1e-12

    init(_ tokens: [[Int32]], _ weights: EncoderWeights) {
        self.weights = weights
        self.tokens = tokens
        rows = tokens.reduce(0) { $0 + $1.count }
        let width = weights.width
        let longest = tokens.reduce(0) { max($0, $1.count) }
        let sizes = [rows * width, rows * width, 3 * rows * width, min(rows, Self.block) * weights.inner, cenc_attention_scratch(longest)]
        memory = .allocate(capacity: sizes.reduce(0, +))
        x = memory
        added = x + sizes[0]
        qkv = added + sizes[1]
        wide = qkv + sizes[2]
        scores = wide + sizes[3]
    }

    deinit { memory.deallocate() }

    /// The encodings of the texts, in their order.
    func run() throws(EncoderError) -> [Encoding] {
        embed()
        for layer in weights.layers {
            attend(layer)
            widen(layer)
        }
        var encodings: [Encoding] = []
        var row = 0
        for text in tokens {
            var length: Float = 0
            let vector = [Float](unsafeUninitializedCapacity: weights.width) { buffer, count in
                guard let out = buffer.baseAddress else { return }
                length = cenc_mean_direction(x + row * weights.width, text.count, weights.width, out)
                count = weights.width
            }
            guard length.isFinite, length > 0 else { throw .noDirection }
            encodings.append(Encoding(vector: vector, tokens: text.count))
            row += text.count
        }
        return encodings
    }

    /// The sum of what a token is and where it stands, normalised.
    private func embed() {
        let width = weights.width
        var row = 0
        for text in tokens {
            for (position, token) in text.enumerated() {
                cenc_sum2(
                    weights.words.numbers + Int(token) * width, weights.positions.numbers + position * width, width, x + row * width)
                (added + row * width).update(from: weights.type.numbers, count: width)
                row += 1
            }
        }
        addAndNormalise(x, rows, weights.norm)
    }

    private func attend(_ layer: LayerWeights) {
        let width = weights.width
        apply(layer.attention, x, rows, to: qkv, stride: 3 * width)
        // The result takes the place of `added` for a moment, and is mapped from there into the queries' memory.
        var row = 0
        for text in tokens {
            cenc_attention(qkv + 3 * row * width, text.count, width / Int(CENC_HEAD), added + row * width, scores)
            row += text.count
        }
        apply(layer.attentionOutput, added, rows, to: qkv, stride: width)
        cenc_add_norm(
            x, qkv, rows, width, layer.attentionNorm.scale.numbers, layer.attentionNorm.shift.numbers, Self.epsilon)
    }

    private func widen(_ layer: LayerWeights) {
        let width = weights.width
        for from in stride(from: 0, to: rows, by: Self.block) {
            let count = min(Self.block, rows - from)
            apply(layer.widening, x + from * width, count, to: wide, stride: layer.widening.outputs)
            cenc_gelu(wide, count * layer.widening.outputs)
            apply(layer.narrowing, wide, count, to: added, stride: width)
            addAndNormalise(x + from * width, count, layer.outputNorm)
        }
    }

    private func apply(_ linear: LinearWeights, _ from: Numbers, _ rows: Int, to: Numbers, stride: Int) {
        cenc_linear(from, rows, linear.inputs, linear.packed, linear.bias, linear.outputs, to, stride)
    }

    private func addAndNormalise(_ rows: Numbers, _ count: Int, _ norm: NormWeights) {
        cenc_add_norm(rows, added, count, weights.width, norm.scale.numbers, norm.shift.numbers, Self.epsilon)
    }
}
