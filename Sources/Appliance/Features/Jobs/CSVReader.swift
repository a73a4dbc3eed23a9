/// Reads comma-separated values as RFC 4180 has them: quoted fields may hold
/// commas, line ends and doubled quotes. Keeps the line on which each record starts.
struct CSVReader {
    struct Record: Equatable {
        let line: Int
        let fields: [String]
    }

    /// What is wrong, at a line that counts from 1.
    struct Problem: Error, Equatable {
        let line: Int
        let message: String
    }

    private let text: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        // A byte order mark is not part of the first column's name.
        text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    static func records(_ bytes: [UInt8]) throws(Problem) -> [Record] {
        var reader = CSVReader(bytes)
        var records: [Record] = []
        while let record = try reader.next() {
            if record.fields != [""] { records.append(record) }
        }
        return records
    }

    private mutating func next() throws(Problem) -> Record? {
        guard position < text.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard position < text.count else { break }
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: ",") { continue }
            if byte == 13, position < text.count, text[position] == 10 { position += 1 }
            line += 1
            break
        }
        return Record(line: start, fields: fields)
    }

    /// One field; stops before the comma or line end after it.
    private mutating func field() throws(Problem) -> String {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < text.count, ![10, 13, UInt8(ascii: ",")].contains(text[position]) { position += 1 }
            return String(decoding: text[start..<position], as: UTF8.self)
        }
        let opened = line
        position += 1
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < text.count, text[position] == byte else { return try closed(bytes) }
                position += 1
            } else if byte == 10 {
                line += 1
            }
            bytes.append(byte)
        }
        throw Problem(line: opened, message: "a quoted field has no closing quote")
    }

    private func closed(_ bytes: [UInt8]) throws(Problem) -> String {
        if position < text.count, ![10, 13, UInt8(ascii: ",")].contains(text[position]) {
            throw Problem(line: line, message: "text follows the closing quote of a field")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
