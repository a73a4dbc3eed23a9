/// Percent-encoding, in the three forms that URLs and forms use.
enum PercentCoding {
    /// A path segment's text. Nil for a broken escape, for bytes that are no UTF-8, and for NUL, which no name
    /// can hold.
    static func decodeSegment(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = takeEscape(&rest), value != 0 else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A form's text: `+` is a space, and a broken escape stands for itself, as in the original server.
    static func decodeForm(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = takeEscape(&rest) {
                bytes.append(value)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A form's encoding of a text: letters, digits and `_.-~` stay, a space is `+`.
    static func encodeForm(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if ASCIIText.isAlphanumeric(byte) || "_.-~".utf8.contains(byte) {
                bytes.append(byte)
            } else if byte == UInt8(ascii: " ") {
                bytes.append(UInt8(ascii: "+"))
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of a query or an urlencoded body, in order. At most `limit` of them are read.
    static func fields(_ text: Substring.UTF8View, limit: Int = 1_000) -> [(name: String, value: String)] {
        text.split(separator: UInt8(ascii: "&"), maxSplits: limit).prefix(limit).map { pair in
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return (decodeForm(pair), "") }
            return (decodeForm(pair[..<equals]), decodeForm(pair[pair.index(after: equals)...]))
        }
    }

    /// Takes the two hexadecimal digits after a percent sign, or nothing.
    private static func takeEscape(_ rest: inout Substring.UTF8View) -> UInt8? {
        var ahead = rest
        guard let high = ahead.popFirst().flatMap(hexadecimal), let low = ahead.popFirst().flatMap(hexadecimal) else { return nil }
        rest = ahead
        return high << 4 | low
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch ASCIIText.lower(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): ASCIIText.lower(byte) - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
