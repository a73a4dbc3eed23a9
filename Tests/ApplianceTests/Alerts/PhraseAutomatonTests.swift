import Testing

@testable import Appliance

@Suite("Searching for many phrases at once")
struct PhraseAutomatonTests {
    private static func phrases(_ texts: [String]) -> PhraseAutomaton { PhraseAutomaton(texts.map { Array($0.utf8) }) }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool { !ends(text, part).isEmpty }

    /// Where in a text a part ends, looked up the slow way.
    private static func ends(_ text: [UInt8], _ part: [UInt8]) -> [Int] {
        guard part.count <= text.count else { return [] }
        return (0...(text.count - part.count)).filter { text[$0..<($0 + part.count)].elementsEqual(part) }.map { $0 + part.count }
    }

    @Test("Phrases within phrases, at the ends and across each other are all found")
    func overlaps() {
        let automaton = Self.phrases(["he", "she", "his", "hers", "ushers", "s", "rsx"])
        var occurrences: [[Int]] = []
        automaton.eachOccurrence(in: Array("ushers".utf8)) { occurrences.append([$0, $1]) }
        #expect(occurrences.sorted { ($0[1], $0[0]) < ($1[1], $1[0]) } == [[5, 2], [0, 4], [1, 4], [3, 6], [4, 6], [5, 6]])
    }

    @Test("No phrases, empty ones and equal ones do no harm")
    func odd() {
        var found: [Int] = []
        Self.phrases([]).eachOccurrence(in: Array("abc".utf8)) { phrase, _ in found.append(phrase) }
        Self.phrases(["", "b", "b"]).eachOccurrence(in: Array("abc".utf8)) { phrase, _ in found.append(phrase) }
        Self.phrases(["b"]).eachOccurrence(in: []) { phrase, _ in found.append(phrase) }
        #expect(found == [1])
    }

    @Test("What it finds in arbitrary texts is what a search for each phrase finds", arguments: 0..<60)
    func same(seed: Int) {
        let dice = MatchDice(UInt64(seed))
        let phrases = Set((0..<dice.below(40)).map { _ in FoldedText.bytes(of: dice.text(upTo: 6, least: 1)) }).sorted {
            $0.lexicographicallyPrecedes($1)
        }
        let automaton = PhraseAutomaton(phrases)
        var marks = Marks(phrases.count)
        for _ in 0..<20 {
            let text = FoldedText.bytes(of: dice.text(upTo: 60))
            var ends = [[Int]](repeating: [], count: phrases.count)
            automaton.eachOccurrence(in: text) { ends[$0].append($1) }
            #expect(ends == phrases.map { Self.ends(text, $0) })
            marks.clear()
            var found: [Int] = []
            automaton.eachPhrase(in: text, notIn: &marks) { found.append($0) }
            #expect(found.sorted() == phrases.indices.filter { Self.contains(text, phrases[$0]) })
            #expect(phrases.indices.allSatisfy { marks.contains($0) == found.contains($0) })
        }
    }

    @Test("Marks are forgotten together, and number by number kept apart")
    func marks() {
        var marks = Marks(3)
        #expect(marks.insert(1) && !marks.insert(1) && marks.insert(2))
        #expect(marks.contains(1) && !marks.contains(0))
        marks.clear()
        #expect(!marks.contains(1) && marks.insert(1))
    }

    @Test("Folding a text folds its parts", arguments: 0..<40)
    func folding(seed: Int) {
        let dice = MatchDice(UInt64(seed))
        let odd = ["Σ", "ΑΣ", "İ", "ẞ", "É", "E\u{301}", "Ǆ", "K", "\u{0}", "🙂", "Z"]
        let (left, right) = (dice.text(upTo: 5) + dice.pick(odd), dice.pick(odd) + dice.text(upTo: 5))
        #expect(FoldedText.bytes(of: left + right) == FoldedText.bytes(of: left) + FoldedText.bytes(of: right))
        #expect(FoldedText.bytes(of: left) == FoldedText.bytes(of: left.lowercased()))
    }
}
