/// True or false: JSON's own, 1 and 0, and the words that forms send for them.
struct BooleanRule: FieldRule {
    func read(_ value: JSONValue) throws(FieldProblem) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .number:
            if value.double == 1 { return true }
            if value.double == 0 { return false }
        case .string(let text):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "on", "1": return true
            case "false", "f", "no", "n", "off", "0": return false
            default: break
            }
        default: break
        }
        throw FieldProblem(FieldMessage.notBoolean)
    }

    func write(_ value: Bool, into writer: inout JSONWriter) {
        writer.bool(value)
    }
}

/// A UUID as text.
struct IdentifierRule: FieldRule {
    func read(_ value: JSONValue) throws(FieldProblem) -> Identifier {
        guard let identifier = value.string.flatMap({ Identifier($0) }) else { throw FieldProblem(FieldMessage.notIdentifier) }
        return identifier
    }

    func write(_ value: Identifier, into writer: inout JSONWriter) {
        writer.identifier(value)
    }
}

/// A moment in ISO 8601.
struct DatetimeRule: FieldRule {
    func read(_ value: JSONValue) throws(FieldProblem) -> Timestamp {
        guard let moment = value.string.flatMap({ Timestamp(iso: $0) }) else { throw FieldProblem(FieldMessage.notDatetime) }
        return moment
    }

    func write(_ value: Timestamp, into writer: inout JSONWriter) {
        writer.timestamp(value)
    }
}

/// One of a fixed set of words, exactly as written.
struct ChoiceRule: FieldRule {
    let choices: [String]
    var allowsBlank = false

    func read(_ value: JSONValue) throws(FieldProblem) -> String {
        let text = value.pythonText
        guard choices.contains(text) || allowsBlank && value == "" else { throw FieldProblem(FieldMessage.notChoice(value)) }
        return text
    }

    func write(_ value: String, into writer: inout JSONWriter) {
        writer.string(value)
    }
}

/// A list of texts. Each item is read as a text field is; a message that several items earn is given once.
struct TextListRule: FieldRule {
    var maximumItems: Int?
    var item = TextRule()

    func read(_ value: JSONValue) throws(FieldProblem) -> [String] {
        guard let values = value.array else { throw FieldProblem(FieldMessage.notList(value)) }
        if let maximumItems, values.count > maximumItems { throw FieldProblem(FieldMessage.tooManyItems(maximumItems)) }
        var texts: [String] = []
        var messages: [String] = []
        for value in values {
            do throws(FieldProblem) {
                if value.isNull { throw FieldProblem(FieldMessage.null) }
                texts.append(try item.read(value))
            } catch {
                messages += error.messages.filter { !messages.contains($0) }
            }
        }
        guard messages.isEmpty else { throw FieldProblem(messages) }
        return texts
    }

    func write(_ value: [String], into writer: inout JSONWriter) {
        writer.array { writer in
            for text in value { writer.string(text) }
        }
    }
}

/// JSON of any shape, kept as it came.
///
/// Two things that JSON's grammar allows are refused, because no database holds them as JSON: a number
/// beyond what a double can express, and a NUL in a text or a name.
struct JSONRule: FieldRule {
    func read(_ value: JSONValue) throws(FieldProblem) -> JSONValue {
        guard Self.isStorable(value) else { throw FieldProblem(FieldMessage.notJSON) }
        return value
    }

    func write(_ value: JSONValue, into writer: inout JSONWriter) {
        writer.value(value)
    }

    /// The recursion is as deep as the parser let the document be.
    private static func isStorable(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool: true
        case .number: value.double != nil
        case .string(let text): !text.utf8.contains(0)
        case .array(let items): items.allSatisfy(isStorable)
        case .object(let object): object.members.allSatisfy { !$0.key.utf8.contains(0) && isStorable($0.value) }
        }
    }
}
