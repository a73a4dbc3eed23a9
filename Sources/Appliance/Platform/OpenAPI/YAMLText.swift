/// Writes JSON as YAML in block style (YAML 1.2, of which JSON's quoted texts are a part).
enum YAMLText {
    static func bytes(of value: JSONValue) -> [UInt8] {
        var text = ""
        write(value, indent: 0, into: &text)
        return Array(text.utf8)
    }

    private static func write(_ value: JSONValue, indent: Int, into text: inout String) {
        let margin = String(repeating: "  ", count: indent)
        switch value {
        case .object(let object) where !object.members.isEmpty:
            for member in object.members {
                text += margin + key(member.key) + ":"
                nested(member.value, indent: indent + 1, into: &text)
            }
        case .array(let items) where !items.isEmpty:
            for item in items {
                text += margin + "-"
                nested(item, indent: indent + 1, into: &text)
            }
        default:
            text += margin + value.jsonText + "\n"
        }
    }

    /// A value behind its key or dash: on the same line if it has only one.
    private static func nested(_ value: JSONValue, indent: Int, into text: inout String) {
        let isNested = value.object.map { !$0.members.isEmpty } ?? value.array.map { !$0.isEmpty } ?? false
        if isNested {
            text += "\n"
            write(value, indent: indent, into: &text)
        } else {
            text += " " + value.jsonText + "\n"
        }
    }

    /// A key of letters is written plain, save for the words that mean something else.
    private static func key(_ name: String) -> String {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { ASCIIText.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        let startsWithLetter = name.unicodeScalars.first.map(AddressText.isASCIILetter) ?? false
        let means = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(name.lowercased())
        return isPlain && startsWithLetter && !means ? name : JSONValue.string(name).jsonText
    }
}
