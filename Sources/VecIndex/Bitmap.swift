/// A set of row positions, made by a `FlatSnapshot` and valid for the rows of that snapshot only: positions
/// move when rows are added or removed, so it carries the mark of the rows it was made for.
package struct Bitmap: Sendable {
    /// How many rows are in the set.
    package private(set) var count = 0
    let stamp: UInt64
    private var words: [UInt64]

    init(rows: Int, stamp: UInt64) {
        self.stamp = stamp
        words = [UInt64](repeating: 0, count: (rows + 63) / 64)
    }

    /// Whether the row at this position is in the set.
    package func contains(_ row: Int) -> Bool {
        words[row >> 6] & (1 << UInt64(row & 63)) != 0
    }

    mutating func insert(_ row: Int) {
        let bit: UInt64 = 1 << UInt64(row & 63)
        if words[row >> 6] & bit == 0 {
            words[row >> 6] |= bit
            count += 1
        }
    }

    /// How many rows of a range are in the set. The range begins at a multiple of 64.
    func count(in rows: Range<Int>) -> Int {
        wordRange(rows).reduce(0) { $0 + words[$1].nonzeroBitCount }
    }

    /// Calls the body with each row of a range that is in the set, in order. The range begins at a multiple of 64.
    func forEach(in rows: Range<Int>, _ body: (Int) -> Void) {
        for index in wordRange(rows) {
            var word = words[index]
            while word != 0 {
                body(index << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }

    /// Calls the body with the bits of the rows from a position on, a multiple of 64.
    func withWords<T>(from row: Int, _ body: (UnsafePointer<UInt64>?) -> T) -> T {
        words.withUnsafeBufferPointer { words in body(words.baseAddress.map { $0 + row >> 6 }) }
    }

    private func wordRange(_ rows: Range<Int>) -> Range<Int> {
        rows.lowerBound >> 6..<(rows.upperBound + 63) >> 6
    }
}
