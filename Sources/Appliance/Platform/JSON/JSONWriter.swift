/// A writer of compact JSON that appends to one array of bytes and makes no tree and few strings.
///
/// Commas are put automatically. The caller keeps the grammar: inside an object each value follows a `key`,
/// and the document is one value. Text is written in UTF-8 as it is, save for quotes, backslashes and control
/// characters.
package struct JSONWriter {
    package private(set) var bytes: [UInt8]
    /// Whether the next key or value has a neighbour on its left.
    private var needsComma = false

    package init(reserving capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A key that `encodedKey` has prepared.
    mutating func key(encoded: [UInt8]) {
        separate()
        bytes.append(contentsOf: encoded)
        needsComma = false
    }

    /// The bytes of a key with its quotes and colon, for a name that is written many times.
    static func encodedKey(_ name: String) -> [UInt8] {
        var writer = JSONWriter(reserving: name.utf8.count + 3)
        writer.key(name)
        return writer.bytes
    }

    package mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
    }

    package mutating func int(_ value: Int) {
        separate()
        DecimalText.append(value, to: &bytes)
    }

    package mutating func int(_ value: Int64) {
        int(Int(value))
    }

    /// The shortest text that reads back as the same double, `.0` on a whole number. JSON has no word for
    /// NaN and the infinities; they become `null`.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        raw(value.description)
    }

    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    package mutating func null() {
        raw("null")
    }

    package mutating func timestamp(_ value: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        value.appendISO(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func identifier(_ value: Identifier) {
        separate()
        appendQuoted(value.description)
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let items):
            array { writer in
                for item in items { writer.value(item) }
            }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.key(member.key)
                    writer.value(member.value)
                }
            }
        }
    }

    /// One value that is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// One value that is JSON already, such as a column that holds it as text.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { JSONEscaping.append($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }
}
