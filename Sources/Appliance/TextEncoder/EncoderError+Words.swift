/// The words for what went wrong with a model.
extension EncoderError {
    package var message: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .header(let problem): "the weights are not a safetensors file: \(problem.words)"
        case .tensor(let name, let problem): "the tensor \(name) \(problem.words)"
        case .vocabulary(let problem): "the vocabulary \(problem.words)"
        case .noDirection: "the model's numbers lead to no vector: a weight is not finite, or all are zero"
        }
    }
}

extension EncoderError.HeaderProblem {
    fileprivate var words: String {
        switch self {
        case .truncated: "it ends within its header"
        case .tooLong(let bytes): "its header is said to have \(bytes) bytes, and may have \(SafetensorsHeader.longest)"
        case .syntax(let offset, let expected): "at byte \(offset) of its header there is no \(expected)"
        case .tooManyTensors: "it has more than \(SafetensorsHeader.mostTensors) tensors"
        case .bytesBehind(let tensorsEnd, let fileEnd): "its tensors have \(tensorsEnd) bytes, and \(fileEnd) follow the header"
        }
    }
}

extension EncoderError.TensorProblem {
    fileprivate var words: String {
        switch self {
        case .missing: "is missing"
        case .twice: "is there twice"
        case .unknownType(let type): "has the unknown type \(type)"
        case .unusableType(let type): "has the type \(type), and must have F32, F16 or BF16"
        case .wrongShape(let expected, let found):
            "has the shape \(found.map(String.init).joined(separator: " × ")), and must have \(expected)"
        case .outside(let begin, let end): "lies outside the file: from \(begin) to \(end)"
        case .wrongSize(let needed, let found): "has \(found) bytes, and its shape needs \(needed.map(String.init) ?? "too many")"
        case .overlaps(let other): "overlaps \(other)"
        case .gapBefore(let bytes): "has \(bytes) bytes before it that belong to no tensor"
        }
    }
}

extension EncoderError.VocabularyProblem {
    fileprivate var words: String {
        switch self {
        case .tooLarge: "is larger than \(Vocabulary.mostBytes) bytes"
        case .emptyLine(let line): "has an empty line, \(line)"
        case .longLine(let line): "has a line of more than \(Vocabulary.longestToken) bytes, \(line)"
        case .notUTF8(let line): "is not UTF-8 text in line \(line)"
        case .twice(let line): "has the token of line \(line) before"
        case .without(let token): "has no token \(token)"
        case .otherCount(let tokens, let rows): "has \(tokens) tokens, and the model \(rows)"
        }
    }
}
