import Platform

/// Knows whether the database takes writes, by trying at most once a second however many ask: the question is free to
/// everybody, and a synced write is not.
actor WriteProbe {
    private static let goodForMicroseconds: Int64 = 1_000_000

    private let database: Database
    private let clock: any PlatformClock
    private var last: (at: Timestamp, error: (any Error)?)?
    private var running: Task<(any Error)?, Never>?

    init(database: Database, clock: any PlatformClock) {
        self.database = database
        self.clock = clock
    }

    /// What stands against writing; nil when it works.
    func outcome() async -> (any Error)? {
        if let last, 0..<Self.goodForMicroseconds ~= clock.now().microseconds - last.at.microseconds { return last.error }
        if let running { return await running.value }
        let database = self.database
        let task = Task { () -> (any Error)? in
            do {
                try await database.probe()
                return nil
            } catch {
                return error
            }
        }
        running = task
        let error = await task.value
        running = nil
        last = (clock.now(), error)
        return error
    }
}
