/// A JSON value, as it was read or as it is to be written.
///
/// A number keeps its text, so that a 64-bit integer or a long decimal survives a round trip unchanged and
/// the reader decides what it wants it to be.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The text of a number in JSON's grammar. Code that makes one itself should use `integer(_:)` or
    /// `decimal(_:)`, because the writer sends this text as it stands.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

    /// The shortest text that reads back as the same double; `null` for a value JSON cannot hold.
    package static func decimal(_ value: Double) -> JSONValue { value.isFinite ? .number(value.description) : .null }

    /// Reads one document: RFC 8259 strictly, UTF-8 only, no NaN, no lone surrogates, arrays and objects
    /// nested no deeper than `maximumDepth`. Anything else is a `JSONError`.
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 32) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (input) throws(JSONError) -> JSONValue in
            var parser = JSONParser(input: input, maximumDepth: maximumDepth)
            return try parser.document()
        }
    }

    /// The compact text in UTF-8.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The member of an object; nil when there is none, or when this is not an object.
    package subscript(_ key: String) -> JSONValue? { object?[key] }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The number as an integer: `3`, and also `3.0` and `3e0`; nil for a fraction or one that does not fit.
    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    /// The number as a double; nil where it is too large for one.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}

extension JSONValue {
    /// The compact form as text, as JSON columns and terminals take it.
    package var jsonText: String { String(decoding: bytes, as: UTF8.self) }

    /// A list of texts.
    package static func list(_ items: [String]) -> JSONValue { .array(items.map(JSONValue.string)) }
}
