/// One line of the log while it is being written.
struct LogLine {
    /// Longer values are cut: a line stays within what the journal takes as one.
    static let maximumValue = 4_096

    private let format: LogFormat
    private var bytes: [UInt8] = []
    private var isFirst = true

    init(format: LogFormat, time: Timestamp, level: LogLevel, message: String) {
        self.format = format
        bytes.reserveCapacity(320)
        switch format {
        case .json:
            bytes.append(UInt8(ascii: "{"))
            add("time", time.iso)
            add("level", level.rawValue)
            add("message", message)
        case .text:
            bytes.append(contentsOf: "\(time.iso) \(level.rawValue) ".utf8)
            appendEscaped(message)
        }
    }

    mutating func add(_ name: String, _ text: String) {
        add(name, .string(text))
    }

    mutating func add(_ name: String, _ value: LogValue) {
        appendName(name)
        switch value {
        case .string(let text):
            guard format == .json || !Self.isPlain(text) else { return bytes.append(contentsOf: text.utf8) }
            bytes.append(UInt8(ascii: "\""))
            appendEscaped(text)
            bytes.append(UInt8(ascii: "\""))
        case .int(let number): bytes.append(contentsOf: String(number).utf8)
        case .double(let number): bytes.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }

    consuming func finish() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func appendName(_ name: String) {
        switch format {
        case .text:
            bytes.append(contentsOf: " \(name)=".utf8)
        case .json:
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(contentsOf: "\"\(name)\":".utf8)
        }
    }

    /// Text that needs no quotes in the text form.
    private static func isPlain(_ text: String) -> Bool {
        guard 1...maximumValue ~= text.utf8.count else { return false }
        return text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "=") }
    }

    /// Escapes what could end the line, close the quotes, or lie to somebody who reads it on a terminal: control
    /// characters, line and paragraph separators, marks that turn the writing direction.
    private mutating func appendEscaped(_ text: String) {
        let isHarmless = { (byte: UInt8) in 0x20...0x7E ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") }
        if text.utf8.count <= Self.maximumValue, text.utf8.allSatisfy(isHarmless) { return bytes.append(contentsOf: text.utf8) }
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            guard count <= Self.maximumValue else { return bytes.append(contentsOf: "…".utf8) }
            switch scalar.value {
            case 0x22, 0x5C:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(scalar.value))
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(contentsOf: scalar.utf8)
            }
        }
    }
}
