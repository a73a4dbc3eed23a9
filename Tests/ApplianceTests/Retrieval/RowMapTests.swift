import Testing

@testable import Appliance

@Suite("Values by the numbers of rows")
struct RowMapTests {
    @Test(
        "What was kept for a row is found, whether the rows are dense, sparse, or none",
        arguments: [(1...5, 5), (1_000...1_019, 20), (7...7, 1), (1...9_000_000_000, 3), (0 ... .max, 2), (.min ... .max, 2)]
            as [(ClosedRange<Int64>, Int64)])
    func values(bounds: ClosedRange<Int64>, count: Int64) {
        var map = RowMap<String>(bounds: bounds, count: count)
        #expect(map[bounds.lowerBound] == nil && map[bounds.upperBound] == nil)
        map[bounds.lowerBound] = "first"
        map[bounds.upperBound] = "last"
        #expect(map[bounds.lowerBound] == (bounds.lowerBound == bounds.upperBound ? "last" : "first") && map[bounds.upperBound] == "last")
        map[bounds.upperBound] = nil
        #expect(map[bounds.upperBound] == nil)
    }

    @Test("A row that came after the bounds were read is kept too")
    func beyond() {
        var map = RowMap<Int>(bounds: 10...12, count: 3)
        for row: Int64 in [9, 13, .max, .min] {
            map[row] = Int(truncatingIfNeeded: row)
            #expect(map[row] == Int(truncatingIfNeeded: row))
        }
        var empty = RowMap<Int>(bounds: nil, count: 0)
        #expect(empty[0] == nil)
        empty[3] = 1
        #expect(empty[3] == 1)
    }
}
