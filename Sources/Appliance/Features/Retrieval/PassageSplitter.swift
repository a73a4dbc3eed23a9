/// Splits a document's text into passages: pieces short enough for a model to read whole, each of which still says
/// something by itself.
///
/// A small text stays whole. A longer one is cut between sentences and before headings; a piece begins with the last
/// sentences of the one before it, so that what stands across a cut is found too. Whatever the text is, splitting takes
/// time in proportion to its length, and pieces are substrings: `start` and `end` count the bytes of its UTF-8 form.
struct PassageSplitter: Sendable {
    struct Piece: Sendable, Equatable {
        let start: Int
        let end: Int
        let text: String
    }

    /// A text of at most so many bytes is one piece.
    let whole: Int
    /// The bytes of a piece: at most so many.
    let longest: Int
    /// The bytes that a piece repeats of the one before it: at most so many.
    let overlap: Int
    /// A heading begins a new piece only behind so many bytes.
    let least: Int

    /// About what a small encoder reads: 256 tokens are 1000 bytes of English.
    static let standard = PassageSplitter(whole: 1200, longest: 900, overlap: 180, least: 250)

    init(whole: Int, longest: Int, overlap: Int, least: Int) {
        self.whole = max(0, whole)
        self.longest = max(64, longest)
        self.overlap = min(max(0, overlap), self.longest / 4)
        self.least = max(1, least)
    }

    /// The pieces in their order. There is at least one, which for a text without a word in it is empty.
    func pieces(of text: String) -> [Piece] {
        let bytes = Array(text.utf8)
        if bytes.count <= whole { return [Piece(start: 0, end: bytes.count, text: text)] }
        // A piece has room for the longest unit behind the longest overlap, and so each one gets further.
        let units = TextUnits.of(bytes, longest: longest - overlap)
        var pieces: [Piece] = []
        var next = 0
        while next < units.count {
            let begin = start(of: next, in: units)
            let end = end(of: next, from: units[begin].start, in: units)
            if let piece = Self.piece(units[begin].start..<units[end - 1].end, of: bytes) { Self.append(piece, to: &pieces) }
            next = end
        }
        return pieces.isEmpty ? [Piece(start: 0, end: 0, text: "")] : pieces
    }

    /// The unit with which the piece begins whose first new unit is `next`: some before it, unless that is a heading.
    private func start(of next: Int, in units: [TextUnits.Unit]) -> Int {
        guard !units[next].isHeading else { return next }
        var begin = next
        while begin > 0, units[next].start - units[begin - 1].start <= overlap {
            begin -= 1
            if units[begin].isHeading { break }
        }
        return begin
    }

    /// The unit behind the last one of the piece.
    private func end(of next: Int, from start: Int, in units: [TextUnits.Unit]) -> Int {
        var end = next + 1
        while end < units.count, units[end].end - start <= longest, !(units[end].isHeading && units[end].start - start >= least) {
            end += 1
        }
        guard end < units.count else { return end }
        // A heading goes with what stands below it.
        while end > next + 1, units[end - 1].isHeading { end -= 1 }
        return end
    }

    /// Beside white space a piece may say nothing new, or all that the one before says.
    private static func append(_ piece: Piece, to pieces: inout [Piece]) {
        if let last = pieces.last {
            if piece.end <= last.end { return }
            if piece.start <= last.start { pieces.removeLast() }
        }
        pieces.append(piece)
    }

    /// The range without the white space at its ends; nil when there is nothing else in it.
    private static func piece(_ range: Range<Int>, of bytes: [UInt8]) -> Piece? {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, TextUnits.isSpace(bytes[start]) { start += 1 }
        while end > start, TextUnits.isSpace(bytes[end - 1]) { end -= 1 }
        guard start < end else { return nil }
        return Piece(start: start, end: end, text: String(decoding: bytes[start..<end], as: UTF8.self))
    }
}
