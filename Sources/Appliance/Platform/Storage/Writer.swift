import CSQLite
import Glibc
import Synchronization

/// Who hears of what was committed.
///
/// A value with a function, and not the function itself: generic storage such as `Mutex` wraps a bare function once more each
/// time that it is looked at, and after some hundred thousand commits a call would not fit on the stack.
private struct EventSink: Sendable {
    let receive: @Sendable ([any BusEvent]) -> Void
}

/// The only thread of the process that writes to the database, and the only
/// one that checkpoints it.
///
/// Group commit: the writer takes all that waits, runs the closures inside one
/// `BEGIN IMMEDIATE` transaction, commits once (one fsync), then resumes each
/// caller with its own result.
///
/// 1. A closure that throws undoes its own changes and no other's. Savepoints
///    see to it, one a closure; but each copies every page that the closure
///    touches, a third of a small write, and few closures throw. So a group is
///    first run without, and only when a closure throws is it rolled back and
///    run again with savepoints, as are the next groups for a while.
/// 2. Where an error leaves the connection outside the transaction (`ON
///    CONFLICT ROLLBACK`, a full disk), nothing of the group is left: that
///    closure fails with its error and the others run again.
/// 3. A failed COMMIT fails the whole group with the reason, and the
///    connection is opened anew: after an I/O error its state is not trusted.
final class Writer: Sendable {
    /// Figures for metrics and the tests.
    struct Counters: Sendable, Equatable {
        var commits = 0
        var writes = 0
        var repeatedGroups = 0
        var failedCommits = 0
        var checkpoints = 0
    }

    let path: String
    private let clock: any PlatformClock
    private let random: any RandomSource
    private let groupLimit: Int
    private let idleMilliseconds: Int
    private let checkpointPages: Int
    let inbox: Monitor<WriteInbox>
    private let nextNumber = Atomic<UInt64>(1)
    private let sink: Mutex<EventSink> = Mutex(EventSink { _ in })
    private let counted: Mutex<Counters> = Mutex(Counters())
    /// How long groups took, from the beginning of the transaction to its end on the disk.
    let groupDuration = Histogram()
    private let thread: Mutex<PlatformThread?> = Mutex(nil)

    init(path: String, options: Database.Options, clock: any PlatformClock, random: any RandomSource) {
        self.path = path
        self.clock = clock
        self.random = random
        groupLimit = options.groupLimit
        idleMilliseconds = options.idleCheckpointMilliseconds
        checkpointPages = options.checkpointPages
        inbox = Monitor(WriteInbox(limit: options.writerQueue))
    }

    /// Starts the thread on a connection that is already open and migrated.
    func start(on connection: sending Connection) {
        let box = ConnectionBox(connection)
        let started = PlatformThread.start("writer") { self.run(box) }
        thread.withLock { $0 = started }
    }

    var counters: Counters { counted.withLock { $0 } }

    var waitingCount: Int { inbox.withLock { $0.waiting.count } }

    func setEventSink(_ newSink: @escaping @Sendable ([any BusEvent]) -> Void) { sink.withLock { $0 = EventSink(receive: newSink) } }

    func write<Value: Sendable>(
        isProbe: Bool = false, _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        let number = nextNumber.add(1, ordering: .relaxed).oldValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let pending = TypedPendingWrite(number: number, isProbe: isProbe, body: body, continuation: continuation)
                // A caller cancelled before it got here must not slip in unseen.
                let refusal: (any Error)? = inbox.signalling { inbox in
                    if Task.isCancelled { return CancellationError() }
                    return inbox.add(pending)
                }
                if let refusal { pending.finish(refusal) }
            }
        } onCancel: {
            inbox.withLock { $0.remove(number) }?.finish(CancellationError())
        }
    }

    /// Serves what waits, checkpoints, closes the connection, ends the thread.
    func stop() {
        inbox.signalling { $0.close() }
        let running = thread.withLock { slot in
            defer { slot = nil }
            return slot
        }
        running?.join()
    }

    // MARK: On the writer's thread

    private enum Wake { case work, scrub([ScrubContinuation]), closed }

    private func run(_ box: ConnectionBox) {
        var isDirty = true
        var rhythm = GroupRhythm()
        while true {
            let wake: Wake? = inbox.wait(milliseconds: isDirty ? idleMilliseconds : nil) { inbox in
                // Between two groups also when writes never cease.
                let scrubs = inbox.takeScrubs()
                if !scrubs.isEmpty { return .scrub(scrubs) }
                if !inbox.waiting.isEmpty { return .work }
                return inbox.isClosed ? .closed : nil
            }
            switch wake {
            case .scrub(let scrubs):
                scrub(box, for: scrubs)
                isDirty = true
            case .work:
                let pause = rhythm.pause(waiting: waitingCount, now: clock.now().microseconds)
                if pause > 0 { usleep(UInt32(pause)) }
                let group = inbox.withLock { [groupLimit] in $0.take(atMost: groupLimit) }
                let began = clock.now().microseconds
                serve(group, box)
                let ended = clock.now().microseconds
                groupDuration.record(microseconds: ended - began)
                rhythm.note(members: group.count, took: ended - began, endedAt: ended)
                isDirty = true
            case .closed:
                // A failed group has dropped the connection; the log is emptied all the same.
                _ = try? box.opened(path)
                checkpoint(box, mode: SQLITE_CHECKPOINT_TRUNCATE)
                box.connection = nil
                return
            case nil:
                isDirty = !checkpoint(box, mode: SQLITE_CHECKPOINT_TRUNCATE)
            }
        }
    }

    private func serve(_ group: [any PendingWrite], _ box: ConnectionBox) {
        var members = group
        var outcomes: [(write: any PendingWrite, error: (any Error)?)] = []
        var events: [any BusEvent] = []
        do {
            let connection = try box.opened(path)
            var again = true
            var isGuarded = box.guardedGroups > 0
            box.guardedGroups = max(0, box.guardedGroups - 1)
            while again {
                outcomes.removeAll(keepingCapacity: true)
                events.removeAll(keepingCapacity: true)
                again = false
                if members.isEmpty { break }
                try connection.statement("BEGIN IMMEDIATE").run([]) { _ in true }
                let now = clock.now()
                for member in members {
                    let transaction = Transaction(connection: connection, now: now, random: random)
                    let isAlone = members.count == 1
                    let error = attempt(member, transaction, alone: isAlone, guarded: isGuarded)
                    if connection.isOutsideTransaction {
                        // Counted before its caller goes on, who may look at the count.
                        counted.withLock { $0.repeatedGroups += 1 }
                        member.finish(error ?? StorageError.rolledBack)
                        members.removeAll { $0 === member }
                        again = true
                        break
                    }
                    if error != nil, !isAlone, !isGuarded {
                        try connection.execute("ROLLBACK")
                        isGuarded = true
                        box.guardedGroups = Self.guardedAfterError
                        again = true
                        break
                    }
                    outcomes.append((member, error))
                    if error == nil { events += transaction.events }
                }
                if !again { try commit(connection, now: now, outcomes) }
            }
        } catch {
            counted.withLock { $0.failedCommits += 1 }
            // Nothing is known of the connection any more; the next group opens a new one.
            box.connection = nil
            // Whose own closure failed hears of that, the others of the commit.
            for member in members {
                let own = outcomes.first { $0.write === member }?.error
                member.finish(own ?? error)
            }
            return
        }
        for (write, error) in outcomes { write.finish(error) }
        if !events.isEmpty { sink.withLock { $0 }.receive(events) }
        checkpointIfLarge(box)
    }

    /// Groups that are run with savepoints after one in which a closure threw.
    private static let guardedAfterError = 64

    /// Runs one member. Alone in its group it needs no savepoint: the
    /// transaction itself can be rolled back. Unguarded, an error leaves what
    /// the member did, and the whole group must be rolled back.
    private func attempt(
        _ member: any PendingWrite, _ transaction: Transaction, alone: Bool, guarded: Bool
    ) -> (any Error)? {
        let connection = transaction.connection
        let hasSavepoint = guarded && !alone
        do {
            // Prepared once: parsing them anew was a tenth of a small write.
            if hasSavepoint { try connection.statement("SAVEPOINT member").run([]) { _ in true } }
            try member.attempt(transaction)
            if hasSavepoint && !connection.isOutsideTransaction { try connection.statement("RELEASE member").run([]) { _ in true } }
            return nil
        } catch {
            guard !connection.isOutsideTransaction, alone || guarded else { return error }
            // When even this fails, the connection is broken and COMMIT will say so.
            try? connection.execute(alone ? "ROLLBACK; BEGIN" : "ROLLBACK TO member; RELEASE member")
            return error
        }
    }

    private func commit(_ connection: Connection, now: Timestamp, _ outcomes: [(write: any PendingWrite, error: (any Error)?)]) throws {
        let successes = outcomes.filter { $0.error == nil }
        guard !successes.isEmpty else { return try connection.execute("ROLLBACK") }
        if !successes.allSatisfy(\.write.isProbe) {
            try connection.statement("UPDATE last_commit SET sequence = sequence + 1, at = $1").run([now]) { _ in true }
        }
        try connection.statement("COMMIT").run([]) { _ in true }
        counted.withLock {
            $0.commits += 1
            $0.writes += successes.count
        }
    }

    private func checkpointIfLarge(_ box: ConnectionBox) {
        guard box.pages >= checkpointPages else { return }
        checkpoint(box, mode: SQLITE_CHECKPOINT_PASSIVE)
    }

    /// Moves committed pages into the main file. Failing is harmless: the pages
    /// stay in the write-ahead log and the next checkpoint finds them.
    @discardableResult
    func checkpoint(_ box: ConnectionBox, mode: Int32, patienceMilliseconds: Int32 = 0) -> Bool {
        guard let connection = box.connection else { return true }
        // A reader that holds the log up must not hold the writer up: the rest is moved another time.
        sqlite3_busy_timeout(connection.handle, patienceMilliseconds)
        let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, nil)
        sqlite3_busy_timeout(connection.handle, Connection.writerPatience)
        if code == SQLITE_OK {
            box.pages = 0
            counted.withLock { $0.checkpoints += 1 }
        }
        return code == SQLITE_OK
    }
}
