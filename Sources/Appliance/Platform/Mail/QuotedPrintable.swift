/// Text in the encoding quoted-printable (RFC 2045 section 6.7): lines of at most 76 ASCII characters that end in CRLF.
///
/// Line ends of any kind become CRLF. A full stop at the beginning of a line is encoded, which SMTP would double, and
/// so is a "From " there, which mailbox files would change.
enum QuotedPrintable {
    private static let longestLine = 76

    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        for line in lines(of: text) { append(line, to: &output) }
        return output
    }

    /// The lines without their ends. An end at the very end begins no further line.
    private static func lines(of text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var position = 0
        while position < bytes.count {
            guard bytes[position] == 13 || bytes[position] == 10 else {
                position += 1
                continue
            }
            lines.append(bytes[start..<position])
            position += bytes[position] == 13 && position + 1 < bytes.count && bytes[position + 1] == 10 ? 2 : 1
            start = position
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    private static func append(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var length = 0
        for (index, byte) in zip(line.indices, line) {
            let isLast = index == line.endIndex - 1
            let needsCode =
                byte < 0x20 && byte != 9 || byte > 0x7E || byte == UInt8(ascii: "=") || (isLast && (byte == 32 || byte == 9))
                || (index == line.startIndex && (byte == UInt8(ascii: ".") || line.starts(with: "From ".utf8)))
            let width = needsCode ? 3 : 1
            // A line that goes on needs room for the "=" that says so.
            if length + width > (isLast ? longestLine : longestLine - 1) {
                output += [UInt8(ascii: "="), 13, 10]
                length = 0
                // What begins a line of the encoded text must not be a full stop either.
                if byte == UInt8(ascii: ".") {
                    appendCode(byte, to: &output)
                    length = 3
                    continue
                }
            }
            if needsCode { appendCode(byte, to: &output) } else { output.append(byte) }
            length += width
        }
        output += [13, 10]
    }

    private static func appendCode(_ byte: UInt8, to output: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        output += [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
