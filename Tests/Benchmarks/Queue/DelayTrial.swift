import Platform

/// How long an item waits, from the moment at which somebody wants to order it until it begins, at a steady rate.
///
/// An open loop: the orders come at their times whether or not earlier ones are through, and the delay counts from those
/// times. So it holds the order's way to the disk as well.
struct DelayTrial: Sendable {
    /// Items a second.
    let rate: Int

    func run(on stage: Stage) async throws -> JSONObject {
        let items = stage.ledger.items
        let began = MonotonicTime.now() + 100_000_000
        let due = (0..<items).map { began + UInt64($0) * 1_000_000_000 / UInt64(rate) }
        let late = try await withThrowingTaskGroup(of: Void.self) { group in
            var late: [UInt64] = []
            late.reserveCapacity(items)
            for (number, moment) in due.enumerated() {
                let wait = Int64(moment) - Int64(MonotonicTime.now())
                if wait > 0 { try await Task.sleep(for: .nanoseconds(wait)) }
                late.append(MonotonicTime.now().clampedDistance(since: moment))
                group.addTask { try await stage.enqueue(number..<number + 1) }
            }
            try await group.waitForAll()
            return late
        }
        _ = try await stage.ledger.lastEnd()
        let delays = zip(try stage.ledger.beginnings(), due).map { $0.clampedDistance(since: $1) }
        return JSONObject([
            ("items", .integer(items)), ("rate", .integer(rate)), ("delay", delays.sorted().summary), ("late", late.sorted().summary),
        ])
    }
}

extension UInt64 {
    fileprivate func clampedDistance(since earlier: UInt64) -> UInt64 { self > earlier ? self - earlier : 0 }
}

extension [UInt64] {
    /// Of sorted nanoseconds, by nearest rank, in milliseconds.
    fileprivate var summary: JSONValue {
        func at(_ percent: Int) -> JSONValue {
            isEmpty ? .null : .decimal(Double(self[Swift.max(0, (count * percent + 99) / 100 - 1)]) / 1e6)
        }
        return ["p50_ms": at(50), "p99_ms": at(99), "max_ms": at(100)]
    }
}
