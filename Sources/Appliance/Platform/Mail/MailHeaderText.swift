/// The text of a header field: a subject, a name.
///
/// Whatever it is made from, it is one line: line ends and all other control characters become blanks, and so do the
/// separators that some programs take for line ends. Therefore no text can begin a header of its own, neither as it
/// stands nor once a mail program has decoded it.
package struct MailHeaderText: Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        var clean = String.UnicodeScalarView()
        var wantsBlank = false
        for scalar in text.unicodeScalars {
            if Self.isBlank(scalar) {
                wantsBlank = !clean.isEmpty
                continue
            }
            if wantsBlank { clean.append(" ") }
            wantsBlank = false
            clean.append(scalar)
        }
        self.text = String(clean)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    // MARK: On the wire

    /// The longest line that a header has where it can be helped (RFC 5322 section 2.1.1).
    private static let longestLine = 76
    /// Bytes that one encoded word carries: it then has 64 characters, and fits behind the name of its field.
    private static let bytesInWord = 39

    /// The field's value from after `name:` on, folded, as unstructured text (RFC 5322 section 2.2.1).
    func unstructured(after name: String) -> String {
        guard isPlain else { return encodedWords }
        var lines = [name + ":"]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + 1 + word.utf8.count > Self.longestLine {
                lines.append("")
            }
            lines[lines.count - 1] += " " + word
        }
        return String(lines.joined(separator: "\r\n").dropFirst(name.count + 2))
    }

    /// The text as the name that stands before an address (RFC 5322 section 3.4): in quotes, or encoded.
    var phrase: String {
        guard isPlain, text.utf8.count <= 50 else { return encodedWords }
        var quoted = ""
        for character in text {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.append(character)
        }
        return "\"\(quoted)\""
    }

    /// The field's value where lines are not folded, as in HTTP: as it stands, or as encoded words beside each other.
    package var oneLine: String { isPlain ? text : encodedWords.replacing("\r\n", with: "") }

    /// Whether it can go as it is: visible ASCII, no word too long for a line, and nothing that looks encoded.
    private var isPlain: Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
            && text.split(separator: " ").allSatisfy { $0.utf8.count <= 60 }
    }

    /// Encoded words (RFC 2047), none of which ends within a character.
    private var encodedWords: String {
        var words: [String] = []
        var piece: [UInt8] = []
        func finish() {
            words.append("=?utf-8?B?\(Base64.encode(piece))?=")
            piece = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            if piece.count + bytes.count > Self.bytesInWord { finish() }
            piece += bytes
        }
        if !piece.isEmpty { finish() }
        return words.joined(separator: "\r\n ")
    }
}
