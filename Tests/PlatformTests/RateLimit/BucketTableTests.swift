import Testing

@testable import Platform

@Suite struct BucketTableTests {
    @Test("Each client finds its own bucket again, however many there are and however the table grew")
    func many() {
        let table = BucketTable(maximumSlots: 1 << 18)
        for number in 1...50_000 as ClosedRange<UInt64> {
            table.withBucket(Self.scattered(number), now: 10) { $0 = Int64(1000 + number) }
        }
        for number in 1...50_000 as ClosedRange<UInt64> {
            #expect(table.withBucket(Self.scattered(number), now: 10) { $0 } == Int64(1000 + number))
        }
    }

    @Test("Buckets that are full again give their places to others, so that a table does not grow by time")
    func reuse() {
        let table = BucketTable()
        for minute in 0..<50 as Range<Int64> {
            for number in 0..<1000 as Range<UInt64> {
                let now = minute * 60 + 1
                table.withBucket(Self.scattered(UInt64(minute) * 1000 + number + 1), now: now) { $0 = now + 50 }
            }
        }
        #expect(table.slotCount <= 8192)
    }

    @Test("A million addresses stay under 64 MiB, and of those that were asked for last nearly all are remembered")
    func million() {
        let table = BucketTable()
        for number in 1...1_000_000 as ClosedRange<UInt64> {
            table.withBucket(Self.scattered(number), now: 0) { $0 = Int64(number) }
        }
        #expect(table.slotCount * MemoryLayout<BucketTable.Slot>.stride <= 64 << 20)
        let kept = (900_001...1_000_000 as ClosedRange<UInt64>).count { number in
            table.withBucket(Self.scattered(number), now: 0) { $0 } == Int64(number)
        }
        #expect(kept > 99_000)
    }

    @Test("At its bound a table forgets the bucket that is nearest to full, and keeps the others")
    func bound() {
        let table = BucketTable(maximumSlots: 1024)
        // One set of one shard: the upper bits choose the shard, the lowest the set.
        let fingerprints = (1...9 as ClosedRange<UInt64>).map { $0 << 8 }
        for (place, fingerprint) in fingerprints.enumerated() { table.withBucket(fingerprint, now: 0) { $0 = Int64(100 + place) } }
        let slots = table.slotCount
        #expect(slots == 1024)
        #expect(table.withBucket(fingerprints[0], now: 0) { $0 } == 0)
        #expect(table.withBucket(fingerprints[8], now: 0) { $0 } == 108)
        #expect(table.slotCount == slots)
    }

    @Test("The fingerprint zero, which marks an empty place, has a bucket like any other")
    func zero() {
        let table = BucketTable()
        table.withBucket(0, now: 0) { $0 = 5 }
        #expect(table.withBucket(0, now: 0) { $0 } == 5)
    }

    /// Numbers as a good hash would give them (the finalizer of SplitMix64).
    private static func scattered(_ number: UInt64) -> UInt64 {
        var value = number &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
