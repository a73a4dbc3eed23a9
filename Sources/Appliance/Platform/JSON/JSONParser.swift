/// A reader of one JSON document in memory, by recursive descent.
///
/// It works on the caller's buffer and lives no longer than the call that lends it. Its depth is limited, so
/// that a body of brackets cannot exhaust the stack. Positions in errors are those Python's `json` reports.
struct JSONParser {
    let input: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position = 0

    init(input: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.input = input
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if let problem = UTF8Check.firstProblem(in: input) { throw problem }
        if input.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("Unexpected UTF-8 BOM (decode using utf-8-sig)", at: 0) }
        skipSpace()
        let result = try value(depth: 0)
        skipSpace()
        guard position == input.count else { throw error("Extra data", at: position) }
        return result
    }

    /// The byte at the position, or 0 (which no rule accepts) at the end.
    var current: UInt8 { position < input.count ? input[position] : 0 }

    func error(_ what: String, at place: Int) -> JSONError {
        JSONError(what, at: place, in: input)
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        default:
            if take("NaN") { throw constant("NaN") }
            if take("Infinity") { throw constant("Infinity") }
            throw error("Expecting value", at: position)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        skipSpace()
        var object = JSONObject()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(object)
        }
        while true {
            guard current == UInt8(ascii: "\"") else {
                throw error("Expecting property name enclosed in double quotes", at: position)
            }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("Expecting ':' delimiter", at: position) }
            position += 1
            skipSpace()
            object.append(key, try value(depth: depth))
            if try closes(with: UInt8(ascii: "}")) { return .object(object) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        skipSpace()
        var items: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth))
            if try closes(with: UInt8(ascii: "]")) { return .array(items) }
        }
    }

    /// Steps over what follows an element: true at the closing bracket, false at a comma.
    private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        if current == bracket {
            position += 1
            return true
        }
        guard current == UInt8(ascii: ",") else { throw error("Expecting ',' delimiter", at: position) }
        position += 1
        skipSpace()
        return false
    }

    /// Takes the longest number that starts here; what follows it is the caller's to judge (`01` is a zero
    /// with something after it).
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") {
            position += 1
            if take("Infinity") { throw constant("-Infinity") }
        }
        if current == UInt8(ascii: "0") {
            position += 1
        } else if !takeDigits() {
            throw error("Expecting value", at: start)
        }
        takeFraction()
        takeExponent()
        return .number(String(decoding: UnsafeBufferPointer(rebasing: input[start..<position]), as: UTF8.self))
    }

    private mutating func takeFraction() {
        let before = position
        guard current == UInt8(ascii: ".") else { return }
        position += 1
        if !takeDigits() { position = before }
    }

    private mutating func takeExponent() {
        let before = position
        guard current | 0x20 == UInt8(ascii: "e") else { return }
        position += 1
        if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
        if !takeDigits() { position = before }
    }

    private mutating func takeDigits() -> Bool {
        let start = position
        while position < input.count, input[position] &- 0x30 < 10 { position += 1 }
        return position > start
    }

    /// Steps over a word if it stands here.
    private mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard input.count - position >= length else { return false }
        for offset in 0..<length where input[position + offset] != word.utf8Start[offset] { return false }
        position += length
        return true
    }

    private mutating func skipSpace() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        if depth > maximumDepth { throw error("Nesting deeper than \(maximumDepth) levels", at: position) }
    }

    private func constant(_ name: String) -> JSONError {
        JSONError(reason: "Out of range float values are not JSON compliant: '\(name)'")
    }
}
