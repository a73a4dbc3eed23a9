/// Text as it is compared without regard to case: the UTF-8 of its lower-case form.
///
/// Each scalar is folded by itself, so a part of a text folds to a part of the folded text: whether one text contains
/// another can be asked of the bytes.
enum FoldedText {
    static func bytes(of text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        let isASCII = text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ $0 < 0x80 }) else { return false }
            bytes.reserveCapacity(bytes.count + utf8.count)
            for byte in utf8 { bytes.append(lowered(byte)) }
            return true
        }
        if !isASCII { bytes.append(contentsOf: text.lowercased().utf8) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
