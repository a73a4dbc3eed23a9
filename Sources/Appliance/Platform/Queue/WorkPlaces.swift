/// Who may begin now: the places of the process and of each queue, how fast a queue may begin, and whose turn it is.
///
/// A value without a clock or a database. Its owner says when an item begins and when it needs its place no longer.
struct WorkPlaces: Sendable {
    private let total: Int
    private let shares: [WorkQueueName: WorkShare]
    private var taken: [WorkQueueName: Int] = [:]
    private var rates: [WorkQueueName: Rate] = [:]
    /// For the queues in which accounts take turns.
    private(set) var turns: [WorkQueueName: WorkTurns] = [:]
    /// Items that were running when their process ended, twice, run one at a time: should one of them be to blame, no
    /// other of them is suspected with it.
    private(set) var isQuarantineFree = true

    init(total: Int, shares: [WorkQueueName: WorkShare]) {
        self.total = max(1, total)
        self.shares = shares
        for queue in WorkQueueName.allCases {
            if queue.hasTurns { turns[queue] = WorkTurns(perAccount: shares[queue]?.placesPerAccount) }
            if let starts = shares[queue]?.startsPerMinute { rates[queue] = Rate(startsPerMinute: starts) }
        }
    }

    var free: Int { max(0, total - taken.values.reduce(0, +)) }

    /// How many items of the queue may begin at this moment.
    func free(in queue: WorkQueueName, at now: Timestamp) -> Int {
        let own = (shares[queue]?.places ?? total) - (taken[queue] ?? 0)
        return max(0, min(free, own, rates[queue]?.available(at: now) ?? total))
    }

    /// When the queue may begin the next item, if it is its rate alone that holds it up.
    func rateOpens(_ queue: WorkQueueName, after now: Timestamp) -> Timestamp? {
        guard free > 0, (shares[queue]?.places ?? total) > (taken[queue] ?? 0), let rate = rates[queue] else { return nil }
        let wait = rate.untilNext(at: now)
        return wait > 0 ? now.adding(microseconds: wait) : nil
    }

    mutating func begin(_ item: WorkItem, in queue: WorkQueueName, at now: Timestamp) {
        taken[queue, default: 0] += 1
        turns[queue]?.begin(item.owner?.rowID ?? 0)
        rates[queue]?.begin(at: now)
        if item.isQuarantined { isQuarantineFree = false }
    }

    /// The item needs its place no longer. Once for each that began.
    mutating func leave(_ item: WorkItem, in queue: WorkQueueName) {
        taken[queue, default: 0] -= 1
        turns[queue]?.leave(item.owner?.rowID ?? 0)
        if item.isQuarantined { isQuarantineFree = true }
    }

    /// A bucket for the beginnings of a minute.
    private struct Rate: Sendable {
        private let bucket: GCRA
        private var fullAt: Int64 = 0

        init(startsPerMinute: Int) {
            let starts = max(1, startsPerMinute)
            bucket = GCRA(burst: max(1, starts / 10), microseconds: 60_000_000 / Int64(starts))
        }

        func available(at now: Timestamp) -> Int {
            var trial = fullAt
            let decision = bucket.admit(fullAt: &trial, now: now.microseconds)
            return decision.isAdmitted ? decision.remaining + 1 : 0
        }

        func untilNext(at now: Timestamp) -> Int64 {
            var trial = fullAt
            return bucket.admit(fullAt: &trial, now: now.microseconds).untilNext
        }

        mutating func begin(at now: Timestamp) { _ = bucket.admit(fullAt: &fullAt, now: now.microseconds) }
    }
}

/// Whose turn it is, among the accounts that wait for the same queue: the next number after the one that had the last
/// turn, and behind the highest the lowest again. So an account with a thousand questions delays another's one question
/// by one of its own and not by a thousand.
///
/// The instance's own work counts as account 0, which no limit for accounts holds up.
struct WorkTurns: Sendable, Equatable {
    private let perAccount: Int?
    private var running: [Int64: Int] = [:]
    /// Who had the last turn.
    private(set) var last: Int64 = -1

    init(perAccount: Int?) { self.perAccount = perAccount }

    func isFull(_ account: Int64) -> Bool {
        guard let perAccount, account != 0 else { return false }
        return running[account, default: 0] >= perAccount
    }

    mutating func begin(_ account: Int64) {
        running[account, default: 0] += 1
        last = account
    }

    mutating func leave(_ account: Int64) {
        guard let count = running[account] else { return }
        running[account] = count > 1 ? count - 1 : nil
    }

    /// The first account after the last turn that waits and has room. `next` gives the lowest waiting account above a
    /// number. Accounts without room are at most as many as places, so the search is short.
    func next(above next: (Int64) throws -> Int64?) rethrows -> Int64? {
        for (start, end) in [(last, Int64.max), (-1, last)] {
            var reached = start
            while let account = try next(reached), account <= end {
                if !isFull(account) { return account }
                reached = account
            }
        }
        return nil
    }
}
