/// Finds words and names in a text, as whole words: "Go" is not in "good", and "C" not in "C++".
struct MentionFinder: Sendable {
    private let automaton: PhraseAutomaton
    private let lengths: [Int]
    /// Which of the automaton's phrases each thing that is looked for is.
    private let phrases: [Int]
    /// Whether a word may go on behind what is looked for.
    private let isOpen: [Bool]

    /// Of words and names as they are.
    init(words: [String]) { self.init(words, isOpen: { _ in false }) }

    /// Of the beginnings of words, but where these are so short that they begin anything.
    init(stems: [String]) { self.init(stems, isOpen: { $0.count >= 4 }) }

    private init(_ texts: [String], isOpen: ([UInt8]) -> Bool) {
        var (numbers, list): ([[UInt8]: Int], [[UInt8]]) = ([:], [])
        phrases = texts.map { text in
            let phrase = FoldedText.bytes(of: text)
            if let known = numbers[phrase] { return known }
            numbers[phrase] = list.count
            list.append(phrase)
            return list.count - 1
        }
        automaton = PhraseAutomaton(list)
        lengths = list.map(\.count)
        self.isOpen = list.map(isOpen)
    }

    /// For each thing that is looked for, whether a folded text has it.
    func found(in text: [UInt8]) -> [Bool] {
        var isFound = [Bool](repeating: false, count: lengths.count)
        automaton.eachOccurrence(in: text) { phrase, end in
            guard !isFound[phrase] else { return }
            let start = end - lengths[phrase]
            if start > 0, Self.isWordByte(text[start - 1]), Self.isWordByte(text[start]) { return }
            if end < text.count, !isOpen[phrase], Self.continues(text[end - 1], text[end]) { return }
            isFound[phrase] = true
        }
        return phrases.map { isFound[$0] }
    }

    /// Bytes of letters beyond ASCII are all above 0x7F.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// Whether a name that ends with `last` goes on with `next`.
    private static func continues(_ last: UInt8, _ next: UInt8) -> Bool {
        if isWordByte(next) { return isWordByte(last) }
        return isWordByte(last) && (next == UInt8(ascii: "+") || next == UInt8(ascii: "#"))
    }
}
