import Platform

/// Embeds a batch of which some texts may be refused, so that one that always is does not hold up the others.
///
/// 1. The whole batch is tried.
/// 2. If that fails, a harmless word is: when even this is refused, the embedder is out of order, and its failure is
///    thrown.
/// 3. Otherwise the batch is halved and halved again, down to the texts that are refused by themselves, twice.
struct PatientEmbedding: Sendable {
    enum Outcome: Sendable, Equatable {
        case vector([Float])
        case refused(String)
    }

    let embedder: any TextEmbedder

    private static let harmless = "work"
    private static let longestReason = 300

    /// One outcome a text, in their order.
    func embed(_ texts: [String]) async throws -> [Outcome] {
        guard !texts.isEmpty else { return [] }
        do {
            return try await embedder.embed(texts).map(checked)
        } catch let error as HashPoolError {
            // No thread was free, or none is left: that says nothing of the texts.
            throw error
        } catch {
            try Task.checkCancellation()
            _ = try await embedder.embed([Self.harmless])
            if texts.count == 1 { return [try await again(texts)] }
        }
        let middle = texts.count / 2
        return try await embed(Array(texts[..<middle])) + embed(Array(texts[middle...]))
    }

    /// A passing failure is no refusal.
    private func again(_ texts: [String]) async throws -> Outcome {
        do {
            if let vector = try await embedder.embed(texts).first { return checked(vector) }
            return .refused("there is no vector")
        } catch let error as HashPoolError {
            throw error
        } catch {
            try Task.checkCancellation()
            return .refused(String("\(error)".prefix(Self.longestReason)))
        }
    }

    /// A vector that cannot be compared is as good as none.
    private func checked(_ vector: [Float]) -> Outcome {
        guard vector.count == embedder.model.dimensions else { return .refused("the vector has \(vector.count) dimensions") }
        return VectorShelves.isUsable(vector) ? .vector(vector) : .refused("the vector has no direction")
    }
}
