import Testing

@testable import Platform

@Suite struct WorkMetricsTests {
    /// The metrics of a queue that runs nothing, over so many items that are due since the moment the clock stands at.
    private static func metrics(of items: Int, readBudget milliseconds: Int) async throws -> String {
        var options = TestDatabase.options
        options.readBudgetMilliseconds = milliseconds
        return try await withDatabase(options: options, migrations: WorkFixture.migrations) { test in
            try await test.database.write { transaction in
                for _ in 0..<items { try transaction.enqueue(WorkOrder("k", payload: .null)) }
            }
            test.clock.advance(seconds: 90)
            let queue = WorkQueue(
                database: test.database, workers: [], node: "here", clock: test.clock, random: SystemRandom(), log: Log(sink: { _ in }))
            var writer = MetricsWriter()
            queue.write(into: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    @Test("How late the queue is, is told also when it is too long to be counted")
    func tooLong() async throws {
        let late = "jobraker_queue_oldest_due_seconds 90\n"
        let short = try await Self.metrics(of: 3, readBudget: 30_000)
        #expect(short.contains(late) && short.contains(#"jobraker_queue_items{state="pending"} 3"#))
        // With no time at all, a read ends after a few thousand steps.
        let long = try await Self.metrics(of: 2000, readBudget: 0)
        #expect(long.contains(late) && !long.contains("jobraker_queue_items"))
    }
}
