/// The scale and shift of one normalisation.
struct NormWeights: Sendable {
    let scale: Tensor
    let shift: Tensor

    init(_ name: String, in file: Safetensors, width: Int) throws(EncoderError) {
        scale = try file.numbers(name + ".weight", shape: [width])
        shift = try file.numbers(name + ".bias", shape: [width])
    }
}

/// The weights of one layer.
struct LayerWeights: Sendable {
    /// Queries, keys and values, one after the other.
    let attention: LinearWeights
    let attentionOutput: LinearWeights
    let attentionNorm: NormWeights
    let widening: LinearWeights
    let narrowing: LinearWeights
    let outputNorm: NormWeights

    init(_ name: String, in file: Safetensors, width: Int) throws(EncoderError) {
        let attentionParts = ["query", "key", "value"].map { "\(name).attention.self.\($0)" }
        attention = try LinearWeights(attentionParts, in: file, inputs: width, outputs: width)
        attentionOutput = try LinearWeights([name + ".attention.output.dense"], in: file, inputs: width, outputs: width)
        attentionNorm = try NormWeights(name + ".attention.output.LayerNorm", in: file, width: width)
        let inner = try file.shape(name + ".intermediate.dense.weight").first ?? 0
        widening = try LinearWeights([name + ".intermediate.dense"], in: file, inputs: width, outputs: inner)
        narrowing = try LinearWeights([name + ".output.dense"], in: file, inputs: inner, outputs: width)
        outputNorm = try NormWeights(name + ".output.LayerNorm", in: file, width: width)
    }
}

/// All weights of the model. Its sizes are those of its tensors.
struct EncoderWeights: Sendable {
    /// Numbers a token: a whole number of attention heads.
    let width: Int
    let words: Tensor
    let wordCount: Int
    let positions: Tensor
    let positionCount: Int
    /// The first row of two: every text is a first one.
    let type: Tensor
    let norm: NormWeights
    let layers: [LayerWeights]
    /// The widest of the layers.
    let inner: Int

    static let widest = 4096
    static let mostLayers = 48

    init(_ file: Safetensors) throws(EncoderError) {
        let name = "embeddings.word_embeddings.weight"
        let shape = try file.shape(name)
        guard shape.count == 2, shape[1] > 0, shape[1] % Self.head == 0, shape[1] <= Self.widest, shape[0] > 0, shape[0] < Int32.max else {
            throw .tensor(name, .wrongShape(expected: "tokens × a multiple of \(Self.head), at most \(Self.widest)", found: shape))
        }
        (wordCount, width) = (shape[0], shape[1])
        words = try file.numbers(name, shape: [wordCount, width])
        let places = "embeddings.position_embeddings.weight"
        positions = try file.numbers(places, shape: [nil, width])
        positionCount = positions.count / width
        // [CLS] and [SEP] need a place each.
        guard positionCount >= 2 else {
            throw .tensor(places, .wrongShape(expected: "2 or more × \(width)", found: [positionCount, width]))
        }
        type = try file.numbers("embeddings.token_type_embeddings.weight", shape: [nil, width])
        norm = try NormWeights("embeddings.LayerNorm", in: file, width: width)
        var layers: [LayerWeights] = []
        repeat {
            layers.append(try LayerWeights("encoder.layer.\(layers.count)", in: file, width: width))
        } while layers.count < Self.mostLayers && file.has("encoder.layer.\(layers.count).output.dense.weight")
        self.layers = layers
        inner = layers.map(\.widening.outputs).max() ?? 0
    }

    /// Numbers an attention head, in every model of this family.
    static let head = 32
}
