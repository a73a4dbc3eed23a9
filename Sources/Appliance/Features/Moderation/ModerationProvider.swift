import Platform

/// Asks a provider whether texts violate its content guidelines, over the
/// OpenAI wire format (`POST /moderations`).
///
/// Nothing wrong is taken for a judgement: each text has exactly one result,
/// with a plain yes or no, or the whole request failed. A failure never repeats
/// the provider's words, as they may quote the text.
struct ModerationProvider: Sendable {
    /// What a provider thinks of some texts, all of them together.
    struct Judgement: Sendable, Equatable {
        /// Any of them violates the guidelines.
        var isFlagged = false
        /// What the flagged ones violate, in the provider's names and order; empty where it gives none.
        var categories: [String] = []
    }

    /// No provider has more; the number and the names come from it, and are stored.
    static let maximumCategories = 32

    let outbound: Outbound
    var metrics = ProviderMetrics()

    /// Judges the texts with one request. No text asks nobody.
    func judge(_ texts: [String], settings: ProviderSettings) async throws(ProviderFailure) -> Judgement {
        guard !texts.isEmpty else { return Judgement() }
        return try await metrics.count(.moderation, model: settings.model, clock: outbound.clock) { () async throws(ProviderFailure) in
            try await ask(texts, settings: settings)
        }
    }

    private func ask(_ texts: [String], settings: ProviderSettings) async throws(ProviderFailure) -> Judgement {
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.field("model", settings.model)
            writer.field("input", texts)
        }
        let call = ProviderCall(outbound: outbound, settings: settings, quotesProvider: false)
        let stream = try await call.post("/moderations", writer.bytes, accept: "application/json")
        let json = try await stream.body.json()
        guard let results = json["results"]?.array else { throw .failed(detail: "the answer has no results") }
        guard results.count == texts.count else {
            throw .failed(detail: "the answer has \(results.count) results for \(texts.count) texts")
        }
        var judgement = Judgement()
        for result in results { try Self.add(result, to: &judgement) }
        return judgement
    }

    private static func add(_ result: JSONValue, to judgement: inout Judgement) throws(ProviderFailure) {
        guard let isFlagged = result["flagged"]?.bool else { throw .failed(detail: "a result does not say whether it is flagged") }
        let categories = try categories(result["categories"])
        guard isFlagged else { return }
        judgement.isFlagged = true
        for name in categories where judgement.categories.count < maximumCategories && !judgement.categories.contains(name) {
            judgement.categories.append(name)
        }
    }

    /// The categories that hold. One that a model does not judge is null; some servers tell none at all.
    private static func categories(_ json: JSONValue?) throws(ProviderFailure) -> [String] {
        guard let json, !json.isNull else { return [] }
        guard let members = json.object?.members, members.allSatisfy({ $0.value.isNull || $0.value.bool != nil }) else {
            throw .failed(detail: "the categories of a result are not yes or no")
        }
        return members.filter { $0.value == true && isName($0.key) }.map(\.key)
    }

    /// `self-harm/intent`, and nothing in which a provider could hand the text back.
    private static func isName(_ key: String) -> Bool {
        1...64 ~= key.utf8.count
            && key.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}
