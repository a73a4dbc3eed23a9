import Platform

/// The forms in which records are exported: the same that are imported.
enum ExportFormat: String, CaseIterable, Sendable {
    /// One JSON object a line; nothing is lost.
    case jsonl
    /// Comma-separated values, a header first. Lists are `a; b; c`, and what is null is empty.
    case csv

    func head(_ columns: [String]) -> [UInt8] { self == .csv ? CSVText.record(columns) : [] }

    /// The line of a record that is one JSON object. A table has these of its members.
    func line(_ json: [UInt8], columns: [String]) throws -> [UInt8] {
        switch self {
        case .jsonl: return json + [10]
        case .csv:
            let object = try JSONValue.parse(json)
            return CSVText.record(columns.map { CSVText.guarded(Self.text(of: object[$0] ?? .null)) })
        }
    }

    private static func text(of value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .array(let items): items.map { text(of: $0) }.joined(separator: "; ")
        case .bool, .number, .object: value.jsonText
        }
    }
}

/// Comma-separated values as they are written: RFC 4180.
enum CSVText {
    static func record(_ fields: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (place, field) in fields.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            // A lone empty field would be an empty line, which is no record.
            let needsQuotes = field.utf8.contains { [34, 44, 10, 13].contains($0) } || (fields.count == 1 && field.isEmpty)
            guard needsQuotes else {
                bytes += field.utf8
                continue
            }
            bytes.append(34)
            for byte in field.utf8 {
                if byte == 34 { bytes.append(34) }
                bytes.append(byte)
            }
            bytes.append(34)
        }
        return bytes + [13, 10]
    }

    /// The text so that a spreadsheet shows it: one that begins like a formula would be run on the machine of whoever
    /// opens the table, and whoever wrote a job must not be able to do that. An apostrophe before it makes it text.
    static func guarded(_ text: String) -> String { beginsLikeFormula(text) ? "'" + text : text }

    /// The text of a field that `guarded` may have made.
    static func unguarded(_ field: String) -> String {
        field.hasPrefix("'") && beginsLikeFormula(field) ? String(field.dropFirst()) : field
    }

    private static func beginsLikeFormula(_ text: String) -> Bool {
        text.utf8.first { $0 != UInt8(ascii: "'") }.map { "=+-@\t\r".utf8.contains($0) } ?? false
    }
}
