/// Reads a TZif file (RFC 9636).
///
/// A file of version 2 and later holds everything twice: first with times of 32 bits, which are passed over, then with
/// 64, and behind that the rule for the time to come. Leap seconds are passed over too: the system's clock has none.
enum ZoneFile {
    /// Nil for bytes that are no such file.
    static func rules(named name: String, _ bytes: [UInt8]) -> TimeZoneRules? {
        var cursor = ZoneCursor(bytes: bytes)
        guard let first = header(&cursor) else { return nil }
        guard first.version >= UInt8(ascii: "2") else { return body(named: name, first, wide: false, &cursor) }
        guard cursor.skip(first.size(wide: false)), let second = header(&cursor) else { return nil }
        return body(named: name, second, wide: true, &cursor)
    }

    private struct Header {
        let version: UInt8
        let utcMarks: Int
        let standardMarks: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        func size(wide: Bool) -> Int {
            let time = wide ? 8 : 4
            return times * (time + 1) + types * 6 + characters + leaps * (time + 4) + standardMarks + utcMarks
        }
    }

    private static func header(_ cursor: inout ZoneCursor) -> Header? {
        guard cursor.take("TZif"), let version = cursor.byte(), cursor.skip(15) else { return nil }
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = cursor.integer(4), 0...100_000 ~= count else { return nil }
            counts.append(Int(count))
        }
        guard counts[4] > 0 else { return nil }
        return Header(
            version: version, utcMarks: counts[0], standardMarks: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
            characters: counts[5])
    }

    private static func body(named name: String, _ header: Header, wide: Bool, _ cursor: inout ZoneCursor) -> TimeZoneRules? {
        var times: [Int64] = []
        for _ in 0..<header.times {
            guard let time = cursor.integer(wide ? 8 : 4) else { return nil }
            times.append(time)
        }
        var indexes: [Int] = []
        for _ in 0..<header.times {
            guard let index = cursor.byte(), index < header.types else { return nil }
            indexes.append(Int(index))
        }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            guard let offset = cursor.integer(4), abs(offset) < 200_000, cursor.skip(2) else { return nil }
            offsets.append(Int(offset))
        }
        guard cursor.skip(header.characters + header.leaps * (wide ? 12 : 8) + header.standardMarks + header.utcMarks) else { return nil }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        var tail: ZoneTail?
        if wide {
            guard let text = cursor.footer() else { return nil }
            // Empty where nothing is known of the time to come.
            tail = ZoneTail(text)
            guard tail != nil || text.isEmpty else { return nil }
        }
        let changes = zip(times, indexes).map { TimeZoneRules.Change(at: $0, offset: offsets[$1]) }
        return TimeZoneRules(name: name, first: offsets[0], changes: changes, tail: tail)
    }
}

/// A place in the bytes of a file. Each step is nil or false where the bytes end too early.
private struct ZoneCursor {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= bytes.count - position else { return false }
        position += count
        return true
    }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// A signed number of 4 or 8 bytes, the highest first.
    mutating func integer(_ width: Int) -> Int64? {
        guard bytes.count - position >= width else { return nil }
        var value: UInt64 = 0
        for _ in 0..<width {
            value = value << 8 | UInt64(bytes[position])
            position += 1
        }
        return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }

    /// The text between two line ends that a file of version 2 ends with.
    mutating func footer() -> String? {
        guard byte() == 10, let end = bytes[position...].firstIndex(of: 10) else { return nil }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
