import TestSupport

@testable import TextEncoder

extension TinyModel {
    func opened() throws -> MiniLM {
        try MiniLM(weights: WeightFile(tensors).bytes, vocabulary: Self.vocabularyBytes)
    }
}
