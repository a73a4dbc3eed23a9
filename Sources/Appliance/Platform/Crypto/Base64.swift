/// Base64 with the URL alphabet and no padding (RFC 4648 section 5), as in tokens and links.
///
/// Reading is strict: padding, white space, letters of the other alphabet and bits left
/// over after the last byte are all refused, so that one value has exactly one text and
/// a token cannot be rewritten into a second valid one.
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: Base64Codec.url.encode(bytes), as: UTF8.self)
    }

    package static func decode(_ text: String) -> [UInt8]? { Base64Codec.url.decode(Array(text.utf8)[...]) }
}

/// Base64 with the plain alphabet (RFC 4648 section 4), as in mail and stored passwords.
///
/// Reading is as strict as `Base64URL`; `padded` says whether the text ends with `=`
/// up to a multiple of four, which is then demanded, or never does.
package enum Base64 {
    package static func encode(_ bytes: [UInt8], padded: Bool = true) -> String {
        var text = Base64Codec.plain.encode(bytes)
        while padded && !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: String, padded: Bool = true) -> [UInt8]? {
        var text = Array(text.utf8)[...]
        if padded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where text.last == UInt8(ascii: "=") { text.removeLast() }
        }
        return Base64Codec.plain.decode(text)
    }
}

/// One alphabet of Base64, and both directions without padding.
struct Base64Codec: Sendable {
    static let url = Base64Codec(last: "-_")
    static let plain = Base64Codec(last: "+/")

    private let symbols: [UInt8]
    /// The value of each byte that is a symbol, 255 for the others.
    private let values: [UInt8]

    private init(last: String) {
        symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                text.append(symbols[Int(bits >> held & 63)])
            }
        }
        if held > 0 { text.append(symbols[Int(bits << (6 - held) & 63)]) }
        return text
    }

    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for symbol in text {
            let value = values[Int(symbol)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        return bits & (1 << held - 1) == 0 ? bytes : nil
    }
}
