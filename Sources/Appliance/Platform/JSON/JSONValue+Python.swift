// The existing clients were written against a Python server, whose messages quote values and types in
// Python's words. These are those words.

extension JSONValue {
    /// The name of the type Python reads this value as.
    package var typeName: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .number: isIntegerText ? "int" : "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }

    /// The text of `str(value)`: what a text field stores for a number and what a message quotes.
    package var pythonText: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .number(let text): pythonNumber(text)
        case .string(let text): text
        case .array(let items): "[" + items.map(\.pythonRepresentation).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.members.map { quoted($0.key) + ": " + $0.value.pythonRepresentation }.joined(separator: ", ") + "}"
        }
    }

    private var pythonRepresentation: String {
        if case .string(let text) = self { quoted(text) } else { pythonText }
    }

    private var isIntegerText: Bool {
        guard case .number(let text) = self else { return false }
        return !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    }

    private func pythonNumber(_ text: String) -> String {
        if isIntegerText { return text == "-0" ? "0" : text }
        return double?.description ?? (text.hasPrefix("-") ? "-inf" : "inf")
    }

    private func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar = text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\\", quote: result.append(contentsOf: ["\\", scalar])
            default: result.append(scalar)
            }
        }
        result.append(quote)
        return String(result)
    }
}
