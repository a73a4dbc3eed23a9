/// Texts in the form in which they are compared: without regard to case, in any script.
enum Folding {
    static func fold(_ text: String) -> String { text.lowercased() }

    /// A number that jobs share whose title, company and location have the same words. Equal texts give equal numbers on
    /// every machine and in every release, for it is stored; different ones nearly always differ.
    static func likeness(title: String, company: String, location: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for text in [title, company, location] {
            for word in words(text) {
                for byte in word.utf8 { mix(byte) }
                mix(0x20)
            }
            mix(0)
        }
        return Int64(bitPattern: hash)
    }

    /// The runs of letters and digits, folded.
    static func words(_ text: String) -> [String] {
        fold(text).unicodeScalars.split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }.map { String($0) }
    }
}

/// A folded text that is looked for in long ones, byte by byte.
struct FoldedNeedle: Sendable {
    private let bytes: [UInt8]
    private let isASCII: Bool

    init(_ folded: String) {
        bytes = Array(folded.utf8)
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    /// Whether the text holds it, in whatever case.
    func isIn(_ text: [UInt8]) -> Bool {
        if isASCII || text.allSatisfy({ $0 < 0x80 }) { return find(in: text) }
        return find(in: Array(Folding.fold(String(decoding: text, as: UTF8.self)).utf8))
    }

    /// Whether a text that is folded already holds it.
    func isInFolded(_ text: [UInt8]) -> Bool { find(in: text) }

    /// Only the letters of ASCII need folding here: whatever else may matter has been folded before.
    private func find(in text: [UInt8]) -> Bool {
        guard let first = bytes.first else { return true }
        guard text.count >= bytes.count else { return false }
        return text.withUnsafeBufferPointer { text in
            bytes.withUnsafeBufferPointer { needle in
                var start = 0
                let last = text.count - needle.count
                while start <= last {
                    if Self.lower(text[start]) == first {
                        var length = 1
                        while length < needle.count, Self.lower(text[start + length]) == needle[length] { length += 1 }
                        if length == needle.count { return true }
                    }
                    start += 1
                }
                return false
            }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
