import Platform

/// Asks a provider for the vectors of texts, over the OpenAI wire format.
///
/// Nothing wrong gets through: each text has exactly one vector, of the
/// expected dimension and with finite numbers, or the whole request failed. A
/// vector of another model in the index would spoil every search silently.
struct EmbeddingProvider: Sendable {
    let outbound: Outbound
    var metrics = ProviderMetrics()

    /// The vectors in the order of the texts. No text asks nobody.
    func embed(_ texts: [String], dimension: Int, settings: ProviderSettings) async throws(ProviderFailure) -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        return try await metrics.count(.embedding, model: settings.model, clock: outbound.clock) { () async throws(ProviderFailure) in
            try await ask(texts, dimension: dimension, settings: settings)
        }
    }

    private func ask(_ texts: [String], dimension: Int, settings: ProviderSettings) async throws(ProviderFailure) -> [[Float]] {
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.field("model", settings.model)
            writer.field("input", texts)
        }
        let call = ProviderCall(outbound: outbound, settings: settings)
        let stream = try await call.post("/embeddings", writer.bytes, accept: "application/json")
        let json = try await stream.body.json()
        guard let data = json["data"]?.array else {
            throw .failed(detail: call.presentable(ProviderCall.message(in: json) ?? "the answer has no data"))
        }
        guard data.count == texts.count else {
            throw .failed(detail: "the answer has \(data.count) vectors for \(texts.count) texts")
        }
        var vectors = [[Float]?](repeating: nil, count: texts.count)
        for (position, item) in data.enumerated() {
            let index = item["index"]?.int ?? position
            guard vectors.indices.contains(index), vectors[index] == nil else {
                throw .failed(detail: "a vector of the answer has no text")
            }
            vectors[index] = try Self.vector(item["embedding"], dimension)
        }
        return vectors.compactMap { $0 }
    }

    private static func vector(_ json: JSONValue?, _ dimension: Int) throws(ProviderFailure) -> [Float] {
        let numbers = json?.array ?? []
        guard numbers.count == dimension else {
            throw .failed(detail: "a vector has \(numbers.count) dimensions and not \(dimension)")
        }
        let vector = numbers.compactMap { $0.double.map { Float($0) } }
        guard vector.count == dimension, vector.allSatisfy(\.isFinite) else {
            throw .failed(detail: "a vector has something other than numbers")
        }
        return vector
    }
}
