/// One tensor as the header of a file describes it. Offsets count from the end of the header.
struct TensorEntry: Equatable, Sendable {
    var name: String
    var type: String
    var shape: [Int]
    var begin: Int
    var end: Int
}

/// A reader of the header of a safetensors file.
///
///     {"__metadata__": {"format": "pt"}, "NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}
///
/// The header is JSON, but only JSON of this one form: so nothing here recurses,
/// and what is nested deeper than it should be is an error where it begins.
struct SafetensorsHeader {
    static let longest = 1 << 20
    static let mostTensors = 4096
    private static let longestText = 1024
    private static let mostDimensions = 8

    private let bytes: [UInt8]
    private var place = 0

    /// All entries in the order of the file.
    static func read(_ bytes: [UInt8]) throws(EncoderError) -> [TensorEntry] {
        var header = SafetensorsHeader(bytes: bytes)
        return try header.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(EncoderError) -> [TensorEntry] {
        var entries: [TensorEntry] = []
        var hasMetadata = false
        guard current == UInt8(ascii: "{") else { throw expected("object") }
        try members { (header, name) throws(EncoderError) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw header.expected("second __metadata__") }
                hasMetadata = true
                return try header.members { (header, _) throws(EncoderError) in _ = try header.text() }
            }
            guard entries.count < Self.mostTensors else { throw .header(.tooManyTensors) }
            entries.append(try header.entry(name))
        }
        // Spaces may follow, so that the tensors begin where a processor likes it.
        skipSpace()
        guard place == bytes.count else { throw expected("end") }
        return entries
    }

    private mutating func entry(_ name: String) throws(EncoderError) -> TensorEntry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try members { (header, key) throws(EncoderError) in
            switch key {
            case "dtype" where type == nil: type = try header.text()
            case "shape" where shape == nil: shape = try header.numbers(atMost: Self.mostDimensions)
            case "data_offsets" where offsets == nil: offsets = try header.numbers(atMost: 2)
            default: throw header.expected("dtype, shape or data_offsets, each once")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else { throw expected("tensor with dtype, shape and two data_offsets") }
        return TensorEntry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    // MARK: The grammar

    /// An object; `member` is called at each value, with its key, and must step over it.
    private mutating func members(_ member: (inout SafetensorsHeader, String) throws(EncoderError) -> Void) throws(EncoderError) {
        try take("{")
        if try closes("}") { return }
        repeat {
            let key = try text()
            try take(":")
            try member(&self, key)
        } while try follows("}")
    }

    private mutating func numbers(atMost most: Int) throws(EncoderError) -> [Int] {
        var numbers: [Int] = []
        try take("[")
        if try closes("]") { return [] }
        repeat {
            guard numbers.count < most else { throw expected("end of the list") }
            numbers.append(try number())
        } while try follows("]")
        return numbers
    }

    private mutating func number() throws(EncoderError) -> Int {
        skipSpace()
        let start = place
        var value = 0
        while current &- 0x30 < 10, place < bytes.count {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = tens.addingReportingOverflow(Int(current &- 0x30))
            guard !overflow, !overflow2 else { throw expected("number that fits") }
            value = sum
            place += 1
        }
        guard place > start, bytes[start] != 0x30 || place == start + 1 else { throw expected("whole number") }
        return value
    }

    private mutating func text() throws(EncoderError) -> String {
        try take("\"")
        var text: [UInt8] = []
        while place < bytes.count, text.count <= Self.longestText {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw expected("UTF-8 text") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0x20...: text.append(byte)
            default: throw expected("text without control characters")
            }
        }
        throw expected("end of the text")
    }

    private mutating func escape(into text: inout [UInt8]) throws(EncoderError) {
        let letter = current
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var code = try fourDigits()
            if code & 0xFC00 == 0xD800 {
                guard current == UInt8(ascii: "\\") else { throw expected("second half of a character") }
                place += 1
                guard current == UInt8(ascii: "u") else { throw expected("second half of a character") }
                place += 1
                let low = try fourDigits()
                guard low & 0xFC00 == 0xDC00 else { throw expected("second half of a character") }
                code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw expected("character") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw expected("escape that JSON knows")
        }
    }

    private mutating func fourDigits() throws(EncoderError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(current)).hexDigitValue, current < 0x80 else { throw expected("hexadecimal digit") }
            code = code << 4 | UInt32(digit)
            place += 1
        }
        return code
    }

    /// The byte at the place, or 0 (which no rule accepts) at the end.
    private var current: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func take(_ sign: Unicode.Scalar) throws(EncoderError) {
        skipSpace()
        guard current == UInt8(ascii: sign) else { throw expected("\(sign)") }
        place += 1
        skipSpace()
    }

    /// Steps over the bracket if it is next.
    private mutating func closes(_ bracket: Unicode.Scalar) throws(EncoderError) -> Bool {
        skipSpace()
        guard current == UInt8(ascii: bracket) else { return false }
        place += 1
        return true
    }

    /// Steps over what follows an element: true at a comma, false at the bracket.
    private mutating func follows(_ bracket: Unicode.Scalar) throws(EncoderError) -> Bool {
        if try closes(bracket) { return false }
        try take(",")
        return true
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private func expected(_ what: String) -> EncoderError {
        .header(.syntax(offset: place, expected: what))
    }
}
