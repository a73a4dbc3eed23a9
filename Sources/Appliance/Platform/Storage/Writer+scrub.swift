import CSQLite

/// Receives what a scrub did; nil when a reader was in its way.
typealias ScrubContinuation = CheckedContinuation<Writer.Scrub?, any Error>

/// Removing from the main file what transactions have deleted.
extension Writer {
    struct Scrub: Sendable, Equatable {
        /// The last commit whose deletions are gone from the file.
        let sequence: Int64
        let tally: PageScrubber.Tally
    }

    /// How long writers wait for readers who are still in the log. Point reads are over by then; a scan is not.
    private static let patienceMilliseconds: Int32 = 50

    /// Tries once. Nil means that a reader holds the log up: try again later.
    func scrub() async throws -> Scrub? {
        try await withCheckedThrowingContinuation { continuation in
            if let refusal = inbox.signalling({ $0.add(continuation) }) { continuation.resume(throwing: refusal) }
        }
    }

    // MARK: On the writer's thread

    func scrub(_ box: ConnectionBox, for waiting: [ScrubContinuation]) {
        let result = Result { try scrub(box) }
        for continuation in waiting { continuation.resume(with: result) }
    }

    private func scrub(_ box: ConnectionBox) throws -> Scrub? {
        let connection = try box.opened(path)
        guard checkpoint(box, mode: SQLITE_CHECKPOINT_TRUNCATE, patienceMilliseconds: Self.patienceMilliseconds),
            !FileSystem.hasLog(path)
        else { return nil }
        // The pages in the cache hold what is about to be overwritten, and the next commit would write it back.
        sqlite3_db_release_memory(connection.handle)
        let tally = try PageScrubber.run(on: connection)
        return Scrub(sequence: try Reader(connection: connection).int("SELECT sequence FROM last_commit"), tally: tally)
    }
}
