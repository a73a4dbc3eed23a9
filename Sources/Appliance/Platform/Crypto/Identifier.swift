/// A UUID (RFC 9562): the name by which a row is known outside the database.
///
/// New ones are version 7, so that they sort by the time they were made and rows stay
/// close together in an index. An identifier is a name and no secret: about 62 of its
/// bits are random, and the rest says when it was made.
package struct Identifier: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a version 7 identifier. The twelve bits after the milliseconds carry the
    /// fraction of the millisecond (RFC 9562 section 6.2, method 3), so that order
    /// follows time down to the microsecond. A time before 1970 counts as 1970.
    package init(v7 time: Timestamp, random: any RandomSource) {
        let microseconds = UInt64(max(0, time.microseconds))
        let milliseconds = (microseconds / 1000) & 0xFFFF_FFFF_FFFF
        let fraction = (microseconds % 1000) << 12 / 1000
        high = milliseconds << 16 | 0x7000 | fraction
        let noise = random.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = 0x8000_0000_0000_0000 | (noise & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The lowest that can have been made at `time` or later: rows whose identifiers follow time are found by it.
    package init(lowestAt time: Timestamp) {
        let microseconds = UInt64(max(0, time.microseconds))
        high = ((microseconds / 1000) & 0xFFFF_FFFF_FFFF) << 16 | 0x7000
        low = 0x8000_0000_0000_0000
    }

    /// Stands for a row's number where something has to be known by an identifier, inside the process only.
    package init(rowID: Int64) {
        high = 0
        low = UInt64(bitPattern: rowID)
    }

    /// Reads the dashed form or 32 hexadecimal digits, in either case; nil for anything else.
    package init?(_ text: String) {
        var text = text
        let words = text.withUTF8 { digits -> (UInt64, UInt64)? in
            let dashed = digits.count == 36
            guard dashed || digits.count == 32 else { return nil }
            var words: (UInt64, UInt64) = (0, 0)
            for (position, digit) in digits.enumerated() {
                if dashed && (position == 8 || position == 13 || position == 18 || position == 23) {
                    guard digit == UInt8(ascii: "-") else { return nil }
                    continue
                }
                guard let value = Hex.value(of: digit) else { return nil }
                words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(value))
            }
            return words
        }
        guard let words else { return nil }
        (high, low) = words
    }

    /// Reads the sixteen bytes of the stored form; nil for another length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The stored form: sixteen bytes, most significant first.
    package var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * UInt64($0 % 8))) }
    }

    /// The written form: lower case, with dashes.
    package var description: String { text(dashed: true) }

    /// The 32 digits without dashes, as tokens carry them.
    package var hex: String { text(dashed: false) }

    package static func < (left: Identifier, right: Identifier) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private func text(dashed: Bool) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var length = 0
            for nibble in 0..<32 {
                if dashed && (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
                    buffer[length] = UInt8(ascii: "-")
                    length += 1
                }
                let word = nibble < 16 ? high : low
                buffer[length] = Hex.digit(UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(nibble % 16)) & 15))
                length += 1
            }
            return length
        }
    }
}
