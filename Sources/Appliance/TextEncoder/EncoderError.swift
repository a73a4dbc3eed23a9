/// What keeps a model from being opened or a text from being encoded.
package enum EncoderError: Error, Equatable, Sendable {
    /// A file could not be read; `reason` is the system's word for it.
    case unreadable(file: String, reason: String)
    /// The file of weights is not in the safetensors format, or breaks its rules.
    case header(HeaderProblem)
    /// One tensor is missing, or not what the model needs.
    case tensor(String, TensorProblem)
    /// The vocabulary cannot be used.
    case vocabulary(VocabularyProblem)
    /// The numbers of the model lead to no vector: a weight is not finite, or all are zero.
    case noDirection

    package enum HeaderProblem: Equatable, Sendable {
        /// The file ends before its header does.
        case truncated
        /// The header says that it is longer than any header needs to be.
        case tooLong(UInt64)
        /// At this byte of the header something else was expected.
        case syntax(offset: Int, expected: String)
        /// More tensors than any model of this kind has.
        case tooManyTensors
        /// The tensors end here, and the file does not.
        case bytesBehind(tensorsEnd: Int, fileEnd: Int)
    }

    package enum TensorProblem: Equatable, Sendable {
        case missing
        case twice
        case unknownType(String)
        /// A type that the format has and this model cannot use.
        case unusableType(String)
        case wrongShape(expected: String, found: [Int])
        /// Its bytes lie outside the file, or end before they begin.
        case outside(begin: Int, end: Int)
        /// Its shape and type need another number of bytes than it has.
        case wrongSize(needed: Int?, found: Int)
        /// It begins before the tensor that precedes it ends.
        case overlaps(String)
        /// Bytes that belong to no tensor lie before it.
        case gapBefore(bytes: Int)
    }

    package enum VocabularyProblem: Equatable, Sendable {
        case tooLarge
        case emptyLine(Int)
        case longLine(Int)
        case notUTF8(line: Int)
        case twice(line: Int)
        /// A token that the tokenizer itself needs.
        case without(String)
        /// The model has a row for each token, and these differ.
        case otherCount(tokens: Int, rows: Int)
    }
}
