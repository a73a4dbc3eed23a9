/// Texts by number, each of them once. Equal means the same bytes.
struct TextTable: Sendable {
    private(set) var texts: [[UInt8]] = []
    private var numbers: [[UInt8]: Int32] = [:]

    /// The number of the text, which it gets now if it had none.
    mutating func number(of text: [UInt8]) -> Int32 {
        if let known = numbers[text] { return known }
        let number = Int32(texts.count)
        texts.append(text)
        numbers[text] = number
        return number
    }

    func known(_ text: String) -> Int32? { numbers[Array(text.utf8)] }

    func text(_ number: Int32) -> String { String(decoding: texts[Int(number)], as: UTF8.self) }

    /// For each number whether its text holds this part. Both are folded.
    func holding(_ part: String) -> [Bool] {
        let needle = FoldedNeedle(part)
        return texts.map(needle.isInFolded)
    }
}
