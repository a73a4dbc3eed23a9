/// Text: a string, or a number turned into text. Booleans and structures are refused.
///
/// White space at both ends is cut off first; an empty text is then either an error of its own or passes
/// without further checks. Length counts Unicode scalars, as the original server did.
struct TextRule: FieldRule {
    /// The form a text must have beyond its length.
    enum Form: Sendable {
        case any, email, url
    }

    var minimum: Int?
    var maximum: Int?
    var allowsBlank = false
    var trims = true
    var form = Form.any

    func read(_ value: JSONValue) throws(FieldProblem) -> String {
        var text: String
        switch value {
        case .string(let string): text = string
        case .number: text = value.pythonText
        default: throw FieldProblem(FieldMessage.notText)
        }
        if trims { text = Self.trimmed(text) }
        if text.isEmpty {
            if allowsBlank { return text }
            throw FieldProblem(FieldMessage.blank)
        }
        // A text of nothing but white space is blank even where its white space would be kept.
        if !trims, !allowsBlank, Self.trimmed(text).isEmpty { throw FieldProblem(FieldMessage.blank) }
        let messages = problems(of: text)
        guard messages.isEmpty else { throw FieldProblem(messages) }
        return text
    }

    func write(_ value: String, into writer: inout JSONWriter) {
        writer.string(value)
    }

    private func problems(of text: String) -> [String] {
        var messages: [String] = []
        // A scalar has at least one byte, so a text of few bytes need not be counted.
        if let maximum, text.utf8.count > maximum, text.unicodeScalars.count > maximum {
            messages.append(FieldMessage.tooLong(maximum))
        }
        if let minimum, text.unicodeScalars.count < minimum { messages.append(FieldMessage.tooShort(minimum)) }
        if text.utf8.contains(0) { messages.append(FieldMessage.nulCharacters) }
        switch form {
        case .any: break
        case .email: if !EmailForm.accepts(text) { messages.append(FieldMessage.notEmail) }
        case .url: if !URLForm.accepts(text) { messages.append(FieldMessage.notURL) }
        }
        return messages
    }

    /// The text without white space at its ends.
    static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last else { return text }
        if (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return text }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isSpace($0) }) else { return "" }
        let end = scalars.lastIndex { !isSpace($0) } ?? start
        return String(scalars[start...end])
    }

    /// White space as Python's `str.strip` sees it: Unicode's, and the four ASCII separators.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
