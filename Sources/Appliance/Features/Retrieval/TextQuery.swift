/// The words of a question that are worth searching for.
///
/// A question in plain language is mostly words that every text has. They are
/// dropped, the rest is asked for with OR, and a passage counts as found only
/// if it holds enough of them: so an off-topic question finds nothing instead
/// of whatever shares a word with it.
struct TextQuery: Sendable, Equatable {
    let terms: [String]

    init(_ question: String) {
        var seen: Set<String> = []
        terms = Array(
            Self.words(question).filter { $0.unicodeScalars.count > 1 && !Self.common.contains($0) && seen.insert($0).inserted }
                .prefix(Self.maximumTerms))
    }

    var isEmpty: Bool { terms.isEmpty }

    /// The FTS5 expression: each term a quoted string, so that no word of a user is ever an operator.
    var expression: String { terms.map { "\"\($0)\"" }.joined(separator: " OR ") }

    /// How many terms a passage must hold to count as an answer.
    var needed: Int { terms.count < 3 ? terms.count : max(2, (terms.count * 2 + 4) / 5) }

    /// How many of the terms occur in `text`, compared by their stems.
    func matches(in text: String) -> Int {
        let stems = Set(Self.words(text).map(Self.stem))
        return terms.count { stems.contains(Self.stem($0)) }
    }

    private static let maximumTerms = 24

    static func words(_ text: String) -> [String] {
        text.lowercased().split { character in !character.isLetter && !character.isNumber }.map(String.init)
    }

    /// A rough stem: enough to see "engineers" in "engineering", no more.
    static func stem(_ word: String) -> String {
        for ending in ["ations", "ation", "ings", "ing", "ers", "ors", "ies", "ied", "er", "or", "ed", "es", "s", "y", "e"]
        where word.count - ending.count >= 4 && word.hasSuffix(ending) {
            return String(word.dropLast(ending.count))
        }
        return word
    }

    private static let common: Set<String> = Set(
        """
        a about all also am an and any are as at be been but by can could did do does doing for from get give had has have he her
        him his how i if in into is it its jobs job just know like me more most my need no not of on one or our out people please
        she should so some someone tell than that the their them then there these they this those to up us use used want was we
        were what when where which who whom whose why will with work works would you your occupation occupations
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
