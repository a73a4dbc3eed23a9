/// Making sure that what was deleted is gone.
///
/// A DELETE alone leaves it in several places, and each has its own remedy:
///
/// 1. In the cells and pages that become free: `secure_delete` overwrites them, within the deleting transaction.
/// 2. In the write-ahead log: it is emptied into the main file and cut off.
/// 3. In bytes of the main file that cells once moved away from: `PageScrubber` overwrites them.
/// 4. In the last snapshot: a new one takes its place. It is made row by row, so it holds none of the above.
extension Database {
    private static let attempts = 300
    private static let pauseMicroseconds: Int64 = 100_000

    /// Returns when nothing that commits up to number `commit` have deleted is in the database's files any more; nil
    /// if an earlier scrub of this process has seen to that already.
    ///
    /// Writers wait while the main file is read through once; readers do not. A scan under way is let finish first, and
    /// is waited for half a minute; then this throws `StorageError.busy`.
    @discardableResult
    package func scrub(through commit: Int64) async throws -> ScrubReport? {
        try await scrubGate.exclusively {
            guard self.scrubbed.load(ordering: .acquiring) < commit else { return nil }
            let done = try await self.untilScrubbed()
            _ = try await self.takeSnapshot()
            self.scrubbed.store(done.sequence, ordering: .releasing)
            return ScrubReport(pages: done.tally.pages, bytes: done.tally.bytes)
        }
    }

    private func untilScrubbed() async throws -> Writer.Scrub {
        for _ in 0..<Self.attempts {
            if let done = try await writer.scrub() { return done }
            try await clock.sleep(microseconds: Self.pauseMicroseconds)
        }
        throw StorageError.busy
    }
}

/// What a scrub has overwritten, beyond what SQLite does by itself.
package struct ScrubReport: Sendable, Equatable {
    package let pages: Int
    package let bytes: Int
}
