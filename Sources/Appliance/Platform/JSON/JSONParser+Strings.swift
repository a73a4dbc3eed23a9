extension JSONParser {
    /// Reads the string that starts here. One without escapes, which nearly all are, is copied in one piece.
    mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        try skipPlain(opening: opening)
        if input[position] == UInt8(ascii: "\"") {
            let text = String(decoding: UnsafeBufferPointer(rebasing: input[(opening + 1)..<position]), as: UTF8.self)
            position += 1
            return text
        }
        return try escapedString(opening: opening)
    }

    /// Moves to the next quote or backslash.
    private mutating func skipPlain(opening: Int) throws(JSONError) {
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw error("Invalid control character at", at: position) }
            position += 1
        }
        throw error("Unterminated string starting at", at: opening)
    }

    /// Continues a string at its first backslash.
    private mutating func escapedString(opening: Int) throws(JSONError) -> String {
        var bytes = Array(input[(opening + 1)..<position])
        while input[position] != UInt8(ascii: "\"") {
            try escape(into: &bytes, opening: opening)
            let start = position
            try skipPlain(opening: opening)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<position]))
        }
        position += 1
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func escape(into bytes: inout [UInt8], opening: Int) throws(JSONError) {
        let backslash = position
        position += 1
        guard position < input.count else { throw error("Unterminated string starting at", at: opening) }
        switch input[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(input[position])
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape(into: &bytes)
        default: throw error("Invalid \\escape", at: backslash)
        }
        position += 1
    }

    /// Reads `uXXXX`, and the second half of a surrogate pair after a first half. Half a pair alone is no
    /// character and could not be sent back, so it is refused.
    private mutating func unicodeEscape(into bytes: inout [UInt8]) throws(JSONError) {
        let place = position
        let unit = try codeUnit()
        var code = UInt32(unit)
        if unit & 0xFC00 == 0xD800, position + 1 < input.count,
            input[position] == UInt8(ascii: "\\"), input[position + 1] == UInt8(ascii: "u")
        {
            position += 1
            let low = try codeUnit()
            guard low & 0xFC00 == 0xDC00 else { throw unpaired(at: place) }
            code = 0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(low & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(code) else { throw unpaired(at: place) }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func unpaired(at place: Int) -> JSONError {
        error("Unpaired surrogate in \\uXXXX escape", at: place)
    }

    /// The four digits after the `u` that stands here. A string must go on after them.
    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        let place = position
        position += 1
        guard position + 4 < input.count else { throw error("Invalid \\uXXXX escape", at: place) }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(of: input[position]) else { throw error("Invalid \\uXXXX escape", at: place) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
