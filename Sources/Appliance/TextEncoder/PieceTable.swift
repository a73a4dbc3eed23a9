/// The lines of a vocabulary, in a form in which the longest piece of a word is found quickly.
///
/// A piece that continues a word is written with `##` before it. Both kinds are
/// in one open hash table over the bytes of the file, so that looking for
/// the longest piece costs one step of a hash a byte and makes no strings.
struct PieceTable: Sendable {
    private let bytes: [UInt8]
    private let starts: [Int32]
    /// The places of the table hold tokens, or -1. Its size is a power of two.
    private var table: [Int32]

    var count: Int { starts.count - 1 }

    init(_ bytes: [UInt8]) throws(EncoderError) {
        guard bytes.count <= Vocabulary.mostBytes else { throw .vocabulary(.tooLarge) }
        self.bytes = bytes
        starts = try Self.lines(of: bytes)
        var size = 16
        while size < 2 * starts.count { size *= 2 }
        table = [Int32](repeating: -1, count: size)
        for token in 0..<count { try insert(token) }
    }

    /// The longest piece that `word` has at `place`: its token and where it ends.
    func longestPiece(of word: [UInt8], at place: Int) -> (token: Int32, end: Int)? {
        var hash = Self.seed(continues: place > 0)
        var found: (token: Int32, end: Int)?
        for end in place..<min(word.count, place + Vocabulary.longestToken) {
            hash = Self.step(hash, word[end])
            if let token = look(hash, continues: place > 0, word[place...end]) { found = (token, end + 1) }
        }
        return found
    }

    /// The token that stands at the beginning of words, or for itself.
    func token(of text: String) -> Int32? {
        let word = Array(text.utf8)
        return look(word.reduce(Self.seed(continues: false), Self.step), continues: false, word[...])
    }

    private static func lines(of bytes: [UInt8]) throws(EncoderError) -> [Int32] {
        var starts: [Int32] = [0]
        var line = 0
        // The last line may end without a line feed.
        for end in bytes.indices where bytes[end] == 10 || end == bytes.count - 1 {
            line += 1
            let length = (bytes[end] == 10 ? end : end + 1) - Int(starts[line - 1])
            guard length > 0 else { throw .vocabulary(.emptyLine(line)) }
            guard length <= Vocabulary.longestToken else { throw .vocabulary(.longLine(line)) }
            let from = Int(starts[line - 1])
            guard String(validating: bytes[from..<(from + length)], as: UTF8.self) != nil else { throw .vocabulary(.notUTF8(line: line)) }
            starts.append(Int32(from + length + 1))
        }
        return starts
    }

    /// The bytes of a token as a word has them, and whether they continue one.
    private func piece(_ token: Int) -> (range: Range<Int>, continues: Bool) {
        let range = Int(starts[token])..<(Int(starts[token + 1]) - 1)
        let continues = range.count > 2 && bytes[range.lowerBound] == UInt8(ascii: "#") && bytes[range.lowerBound + 1] == UInt8(ascii: "#")
        return (continues ? (range.lowerBound + 2)..<range.upperBound : range, continues)
    }

    private mutating func insert(_ token: Int) throws(EncoderError) {
        let (range, continues) = piece(token)
        let hash = bytes[range].reduce(Self.seed(continues: continues), Self.step)
        guard look(hash, continues: continues, bytes[range]) == nil else { throw .vocabulary(.twice(line: token + 1)) }
        var place = Int(hash) & (table.count - 1)
        while table[place] >= 0 { place = (place + 1) & (table.count - 1) }
        table[place] = Int32(token)
    }

    private func look(_ hash: UInt32, continues: Bool, _ word: ArraySlice<UInt8>) -> Int32? {
        var place = Int(hash) & (table.count - 1)
        while table[place] >= 0 {
            let known = piece(Int(table[place]))
            if known.continues == continues, known.range.count == word.count, bytes[known.range].elementsEqual(word) { return table[place] }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    private static func seed(continues: Bool) -> UInt32 { continues ? 0x9E37_79B9 : 0x811C_9DC5 }

    /// One step of the FNV-1a hash, with its upper half folded in, since the table looks at the lower bits.
    private static func step(_ hash: UInt32, _ byte: UInt8) -> UInt32 {
        let mixed = (hash ^ UInt32(byte)) &* 0x0100_0193
        return mixed ^ mixed >> 15
    }
}
