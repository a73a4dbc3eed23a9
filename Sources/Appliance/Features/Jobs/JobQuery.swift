import Platform

/// What somebody looks for in the texts of jobs: words that must all occur, and phrases in double quotes.
struct JobQuery: Sendable, Hashable {
    /// In the language of FTS5. Every word and phrase is a quoted string, so that nothing a user writes is an operator.
    let expression: String

    static let longest = 200
    private static let maximumParts = 16

    /// Nil for a text without a word in it, which finds nothing.
    init?(_ text: String) {
        var parts: [String] = []
        for (place, piece) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            let words = Folding.words(String(piece))
            if words.isEmpty { continue }
            // Every second piece stands between quotes.
            parts += place % 2 == 1 ? [words.joined(separator: " ")] : words
        }
        guard !parts.isEmpty else { return nil }
        expression = parts.prefix(Self.maximumParts).map { "\"\($0)\"" }.joined(separator: " AND ")
    }

    /// A query of the appliance's own: all, or one of, these texts.
    init?(_ words: [String], joinedBy operation: String) {
        let words = words.flatMap { Folding.words($0).isEmpty ? [] : [Folding.words($0).joined(separator: " ")] }
        guard !words.isEmpty else { return nil }
        expression = words.map { "\"\($0)\"" }.joined(separator: " \(operation) ")
    }

    init?(all queries: [JobQuery?]) {
        let queries = queries.compactMap { $0 }
        guard !queries.isEmpty else { return nil }
        expression = queries.map { "(\($0.expression))" }.joined(separator: " AND ")
    }
}
