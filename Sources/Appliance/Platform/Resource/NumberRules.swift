/// A whole number: `3`, also as `3.0` or as text; never a fraction or a boolean.
///
/// A number too large for the machine is still a number, so it gets the message of the limit it passes.
struct IntegerRule: FieldRule {
    /// What a column for amounts and counts can hold; the original database set these limits.
    static let standardRange = 0...2_147_483_647

    var range: ClosedRange<Int> = standardRange

    func read(_ value: JSONValue) throws(FieldProblem) -> Int {
        let number = try Self.clampedInteger(value)
        if number < range.lowerBound { throw FieldProblem(FieldMessage.tooSmall(String(range.lowerBound))) }
        if number > range.upperBound { throw FieldProblem(FieldMessage.tooLarge(String(range.upperBound))) }
        return number
    }

    func write(_ value: Int, into writer: inout JSONWriter) {
        writer.int(value)
    }

    private static func clampedInteger(_ value: JSONValue) throws(FieldProblem) -> Int {
        var text = Substring(try NumberText.of(value, otherwise: FieldMessage.notInteger))
        // Python's text of a whole float ends in `.0`; with an exponent it is none.
        if let point = text.firstIndex(of: ".") {
            guard text[point...].dropFirst().utf8.allSatisfy({ $0 == 0x30 }) else { throw FieldProblem(FieldMessage.notInteger) }
            text = text[..<point]
        }
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { throw FieldProblem(FieldMessage.notInteger) }
        return Int(text) ?? (isNegative ? .min : .max)
    }
}

/// A number: `0.5`, `1`, also as text; never a boolean, NaN or an infinity.
struct NumberRule: FieldRule {
    var range: ClosedRange<Double>?

    func read(_ value: JSONValue) throws(FieldProblem) -> Double {
        let text = try NumberText.of(value, otherwise: FieldMessage.notNumber)
        // `Double.init` also knows `nan`, `inf` and hexadecimal.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text), number.isFinite else {
            throw FieldProblem(FieldMessage.notNumber)
        }
        if let range {
            if number < range.lowerBound { throw FieldProblem(FieldMessage.tooSmall(Self.limit(range.lowerBound))) }
            if number > range.upperBound { throw FieldProblem(FieldMessage.tooLarge(Self.limit(range.upperBound))) }
        }
        return number
    }

    func write(_ value: Double, into writer: inout JSONWriter) {
        writer.double(value)
    }

    /// A whole limit is named without its `.0`.
    private static func limit(_ value: Double) -> String {
        Int(exactly: value).map { String($0) } ?? value.description
    }
}

/// The text from which a number field reads its number.
private enum NumberText {
    static func of(_ value: JSONValue, otherwise message: String) throws(FieldProblem) -> String {
        switch value {
        case .number: return value.pythonText
        case .string(let text):
            // Longer texts are refused unread: turning digits into a number takes time.
            if text.utf8.count > 1_000 { throw FieldProblem(FieldMessage.numberTextTooLong) }
            return TextRule.trimmed(text)
        default: throw FieldProblem(message)
        }
    }
}
