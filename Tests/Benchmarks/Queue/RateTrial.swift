import Platform

/// How many items a second go the whole way, ordered and done on the disk, while they are being ordered.
struct RateTrial: Sendable {
    let producers: Int
    /// Items that are ordered in one transaction.
    let batch: Int

    func run(on stage: Stage) async throws -> JSONObject {
        let items = stage.ledger.items
        let (producers, batch) = (producers, batch)
        let began = MonotonicTime.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<producers {
                group.addTask {
                    for first in stride(from: number * batch, to: items, by: producers * batch) {
                        try await stage.enqueue(first..<min(first + batch, items))
                    }
                }
            }
            try await group.waitForAll()
        }
        let ordered = MonotonicTime.now()
        let ended = try await stage.ledger.lastEnd()
        _ = try stage.ledger.beginnings()
        let seconds = Double(ended - began) / 1e9
        return JSONObject([
            ("items", .integer(items)), ("producers", .integer(producers)), ("batch", .integer(batch)), ("seconds", .decimal(seconds)),
            ("ordered_s", .decimal(Double(ordered - began) / 1e9)), ("items_per_second", .decimal(Double(items) / seconds)),
        ])
    }
}
