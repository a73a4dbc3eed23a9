/// Finds the first place where bytes are not UTF-8 as Unicode defines it: no overlong forms, no surrogates,
/// nothing above U+10FFFF.
enum UTF8Check {
    /// The first wrong sequence and what is wrong with it, or nil.
    static func firstProblem(in input: UnsafeBufferPointer<UInt8>) -> JSONError? {
        var position = 0
        while position < input.count {
            let lead = input[position]
            if lead < 0x80 {
                position += 1
                continue
            }
            guard let form = form(ofLead: lead) else { return error("invalid start byte", at: position, in: input) }
            for index in 1...form.continuations {
                guard position + index < input.count else { return error("unexpected end of data", at: position, in: input) }
                let allowed = index == 1 ? form.second : 0x80...0xBF
                guard allowed.contains(input[position + index]) else {
                    return error("invalid continuation byte", at: position, in: input)
                }
            }
            position += form.continuations + 1
        }
        return nil
    }

    /// How many bytes follow a lead byte, and which values the first of them may have (Unicode, table 3-7).
    private static func form(ofLead lead: UInt8) -> (continuations: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xE1...0xEF: (2, 0x80...0xBF)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        default: nil
        }
    }

    private static func error(_ what: String, at position: Int, in input: UnsafeBufferPointer<UInt8>) -> JSONError {
        let byte = Hex.encode([input[position]])
        return JSONError(reason: "'utf-8' codec can't decode byte 0x\(byte) in position \(position): \(what)")
    }
}
