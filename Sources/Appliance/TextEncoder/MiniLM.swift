/// A text's place among all texts.
package struct Encoding: Equatable, Sendable {
    /// Its direction, of length 1.
    package let vector: [Float]
    /// How many tokens it was read as, the two at its ends included.
    package let tokens: Int
}

/// An encoder of sentences: texts become vectors that lie close together when their meanings do.
///
/// A BERT model of the family of all-MiniLM-L6-v2, which is the one that
/// `jobraker model install` fetches: WordPiece tokens, layers of attention with
/// heads of 32, the mean over all tokens, scaled to length 1. Everything is
/// computed on the calling thread; any number of threads may call at once. A
/// call takes some 10 MiB for itself and gives them back.
package final class MiniLM: Sendable {
    private let tokenizer: Tokenizer
    private let weights: EncoderWeights

    /// A text's tokens beyond these are not read, as in the library that the model comes from.
    package static let mostTokens = 256
    /// Texts go through the model together up to this many tokens: more would only take more memory.
    private static let passTokens = 768

    /// Numbers a vector.
    package var dimensions: Int { weights.width }

    /// Opens a model; the file of weights is mapped into memory and must stay as it is.
    package convenience init(weightsFile: String, vocabulary: [UInt8]) throws(EncoderError) {
        try self.init(WeightBytes(mapping: weightsFile), vocabulary)
    }

    package convenience init(weights: [UInt8], vocabulary: [UInt8]) throws(EncoderError) {
        try self.init(WeightBytes(copying: weights), vocabulary)
    }

    private init(_ bytes: WeightBytes, _ vocabulary: [UInt8]) throws(EncoderError) {
        weights = try EncoderWeights(Safetensors(bytes))
        tokenizer = Tokenizer(vocabulary: try Vocabulary(vocabulary))
        guard tokenizer.vocabulary.count == weights.wordCount else {
            throw .vocabulary(.otherCount(tokens: tokenizer.vocabulary.count, rows: weights.wordCount))
        }
        bytes.release()
    }

    /// The encodings of texts, in their order. An empty text has one too.
    package func encode(_ texts: [String]) throws(EncoderError) -> [Encoding] {
        var encodings: [Encoding] = []
        encodings.reserveCapacity(texts.count)
        var waiting: [[Int32]] = []
        var size = 0
        for text in texts {
            let tokens = tokenizer.tokens(of: text, limit: min(Self.mostTokens, weights.positionCount))
            if size + tokens.count > Self.passTokens, !waiting.isEmpty {
                encodings += try EncoderPass(waiting, weights).run()
                (waiting, size) = ([], 0)
            }
            waiting.append(tokens)
            size += tokens.count
        }
        if !waiting.isEmpty { encodings += try EncoderPass(waiting, weights).run() }
        return encodings
    }
}
