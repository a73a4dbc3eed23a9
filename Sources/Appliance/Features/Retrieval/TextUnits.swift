/// The headings and sentences of a text, as ranges of its UTF-8 bytes that follow each other without a gap.
///
/// A sentence ends behind `.`, `!` or `?` and white space, behind the full stops of Chinese and Japanese, and at the end
/// of a line. What is longer than asked for is cut between words, or else between characters.
enum TextUnits {
    struct Unit: Equatable {
        let start: Int
        let end: Int
        let isHeading: Bool
    }

    /// - Parameter longest: the most bytes of a unit; eight or more, so that a cut between characters gets further.
    static func of(_ bytes: [UInt8], longest: Int) -> [Unit] {
        var units: [Unit] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
            if isHeading(bytes[start..<end]), end - start <= longest {
                units.append(Unit(start: start, end: end, isHeading: true))
            } else {
                appendSentences(of: start..<end, bytes, longest, to: &units)
            }
            start = end
        }
        return units
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static let newline = UInt8(ascii: "\n")
    private static let longestLabel = 80

    /// A line of Markdown that begins with `#`, or a short one that ends with a colon.
    private static func isHeading(_ line: ArraySlice<UInt8>) -> Bool {
        let marks = line.prefix { $0 == UInt8(ascii: "#") }.count
        if (1...6).contains(marks), marks < line.count, line[line.startIndex + marks] == 32 { return true }
        guard line.count <= longestLabel, let last = line.last(where: { !isSpace($0) }) else { return false }
        return last == UInt8(ascii: ":")
    }

    private static func appendSentences(of line: Range<Int>, _ bytes: [UInt8], _ longest: Int, to units: inout [Unit]) {
        var start = line.lowerBound
        var place = start
        while place < line.upperBound {
            guard let end = sentenceEnd(at: place, in: line, bytes) else {
                place += 1
                continue
            }
            append(start..<end, bytes, longest, to: &units)
            (start, place) = (end, end)
        }
        if start < line.upperBound { append(start..<line.upperBound, bytes, longest, to: &units) }
    }

    /// Where the next sentence begins when this byte ends one.
    private static func sentenceEnd(at place: Int, in line: Range<Int>, _ bytes: [UInt8]) -> Int? {
        switch bytes[place] {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            var end = place + 1
            while end < line.upperBound, closing.contains(bytes[end]) { end += 1 }
            guard end < line.upperBound, isSpace(bytes[end]) else { return nil }
            while end < line.upperBound, isSpace(bytes[end]) { end += 1 }
            return end
        case 0x82, 0x81, 0x9F:
            // The last byte of U+3002, U+FF01 and U+FF1F.
            guard place - line.lowerBound >= 2 else { return nil }
            let isStop = fullStops.contains { $0.elementsEqual(bytes[(place - 2)...place]) }
            return isStop ? place + 1 : nil
        default:
            return nil
        }
    }

    private static let closing = Set("\"')]".utf8)
    private static let fullStops: [[UInt8]] = ["。", "！", "？"].map { Array($0.utf8) }

    private static func append(_ range: Range<Int>, _ bytes: [UInt8], _ longest: Int, to units: inout [Unit]) {
        var start = range.lowerBound
        while range.upperBound - start > longest {
            let cut = place(toCut: bytes, from: start, longest)
            units.append(Unit(start: start, end: cut, isHeading: false))
            start = cut
        }
        units.append(Unit(start: start, end: range.upperBound, isHeading: false))
    }

    /// Behind the last white space of the second half, or else before a character.
    private static func place(toCut bytes: [UInt8], from start: Int, _ longest: Int) -> Int {
        let limit = start + longest
        if let space = bytes[(start + longest / 2)..<limit].lastIndex(where: isSpace) { return space + 1 }
        var cut = limit
        while cut > start + 1, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        return cut
    }
}
