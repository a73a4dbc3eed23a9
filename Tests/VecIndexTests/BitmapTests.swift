import Testing

@testable import VecIndex

@Suite struct BitmapTests {
    @Test("counts, finds and lists what was put in")
    func members() {
        var bitmap = Bitmap(rows: 200, stamp: 1)
        for row in [0, 63, 64, 127, 128, 199, 63] { bitmap.insert(row) }
        #expect(bitmap.count == 6)
        #expect(bitmap.contains(63) && bitmap.contains(199) && !bitmap.contains(62) && !bitmap.contains(198))
        #expect(bitmap.count(in: 64..<200) == 4)
        #expect(bitmap.count(in: 0..<64) == 2)
        var listed: [Int] = []
        bitmap.forEach(in: 64..<200) { listed.append($0) }
        #expect(listed == [64, 127, 128, 199])
    }

    @Test("a snapshot makes bitmaps by rule and by ids")
    func fromSnapshot() throws {
        let index = try FlatIndex(dimension: 384, metric: .l2)
        for id in 0..<600 as Range<Int64> { try index.add(id, [Float](repeating: Float(id), count: 384)) }
        let snapshot = index.snapshot()
        #expect(snapshot.parts.count == 3)
        let even = snapshot.bitmap { $0 % 2 == 0 }
        #expect(even.count == 300)
        #expect((0..<600).allSatisfy { even.contains($0) == ($0 % 2 == 0) })
        #expect(snapshot.bitmap(of: [1, 599, 600]).count == 2)
    }
}
