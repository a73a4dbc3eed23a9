/// The text of an answer as it came: its pieces joined, and where each of them ended.
///
/// Pieces are numbered from 1. A reader says up to which number it has them and gets all that is behind it as one text:
/// so nothing has to be kept for each reader, however far it is behind, and none can miss a piece or get one twice.
struct DeltaLog: Sendable, Equatable {
    /// UTF-8. Every piece was a text of its own, so each begins and ends between two characters.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init() {}

    /// The number of the last piece; 0 where there is none.
    var count: Int { ends.count }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ piece: String) {
        bytes.append(contentsOf: piece.utf8)
        ends.append(bytes.count)
    }

    /// What stands behind the piece of that number: everything for 0 and less, nothing for the last and more.
    func text(after number: Int) -> String {
        guard number < count else { return "" }
        return String(decoding: bytes[(number > 0 ? ends[number - 1] : 0)...], as: UTF8.self)
    }

    // MARK: The stored form

    /// The lengths of the pieces in bytes, one after the other, each in groups of seven bits, the lowest first, of which
    /// all but the last have the highest bit set: one byte for nearly every piece of a model's answer.
    var lengths: [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            var length = end - start
            while length > 0x7F {
                encoded.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            encoded.append(UInt8(length))
            start = end
        }
        return encoded
    }

    /// Nil when the lengths do not belong to the text.
    init?(text: String, lengths: [UInt8]) {
        bytes = Array(text.utf8)
        var (end, length, shift) = (0, 0, 0)
        for byte in lengths {
            guard shift <= 28 else { return nil }
            length |= Int(byte & 0x7F) << shift
            if byte & 0x80 != 0 {
                shift += 7
                continue
            }
            end += length
            guard end <= bytes.count else { return nil }
            ends.append(end)
            (length, shift) = (0, 0)
        }
        guard shift == 0, end == bytes.count else { return nil }
    }
}
