/// Knows when it pays to wait a moment before the next group is taken.
///
/// Where a sync is slow, those who were served by the last commit come back with their next writes just after the next
/// group was taken, and so the callers fall into two halves that take turns, each waiting for two commits. A pause of
/// an eighth of a commit lets them catch up: half the commits, twice the writes, and less delay for everybody.
/// PostgreSQL's `commit_delay` does the same with fixed numbers. On a disk that syncs within a millisecond, and for a
/// caller that is alone, there is no pause.
struct GroupRhythm {
    private var members = 0
    private var duration: Int64 = 0
    private var endedAt: Int64 = 0

    /// Microseconds.
    private static let slowCommit: Int64 = 1_000
    private static let longestPause: Int64 = 1_000
    /// A group that ended longer ago says nothing about who is about to come.
    private static let memory: Int64 = 10_000

    /// What a group of so many members needed, from its first statement to the disk.
    mutating func note(members: Int, took duration: Int64, endedAt: Int64) {
        self.members = members
        self.duration = duration
        self.endedAt = endedAt
    }

    /// How long to wait, in microseconds, when so many writes stand in the queue.
    func pause(waiting: Int, now: Int64) -> Int64 {
        guard duration >= Self.slowCommit, waiting < members, 0...Self.memory ~= now - endedAt else { return 0 }
        return min(duration / 8, Self.longestPause)
    }
}
