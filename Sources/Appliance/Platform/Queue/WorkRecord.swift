/// All that the operator may see of an item.
package struct WorkRecord: Sendable, Equatable {
    let id: Identifier
    let kind: String
    /// Nil for a kind that no release here has known.
    let queue: String?
    let state: WorkItem.State
    let priority: Int
    let attempts: Int
    let interruptions: Int
    let snoozes: Int
    let isAccounts: Bool
    let isCancelAsked: Bool
    let runAt: Timestamp
    let createdAt: Timestamp
    let startedAt: Timestamp?
    let finishedAt: Timestamp?
    let errorCode: String?
    let error: String?

    var isQuarantined: Bool { interruptions >= WorkTable.quarantineAt && (state == .pending || state == .retry) }

    static let columns = """
        work_items.id, work_items.kind, work_kinds.queue, state, priority, attempts, interruptions, snoozes, account_rid,
        cancel_asked_at, run_at, created_at, started_at, finished_at, error_code, error
        """

    init(_ row: borrowing Row) throws {
        id = try row.id(0)
        kind = try row.text(1)
        queue = try row.textOrNil(2)
        state = try WorkTable.state(row, 3)
        priority = Int(try row.int(4))
        attempts = Int(try row.int(5))
        interruptions = Int(try row.int(6))
        snoozes = Int(try row.int(7))
        isAccounts = !row.isNull(8)
        isCancelAsked = !row.isNull(9)
        runAt = try row.time(10)
        createdAt = try row.time(11)
        startedAt = try row.timeOrNil(12)
        finishedAt = try row.timeOrNil(13)
        errorCode = try row.textOrNil(14)
        error = try row.textOrNil(15)
    }

    /// Without what is to be done and what came of it: a payload may hold an account's own words, or a link that opens
    /// an account, and the staff have no business with either.
    package var json: JSONObject {
        JSONObject([
            ("task_id", .string(id.description)), ("kind", .string(kind)), ("queue", queue.map { .string($0) } ?? .null),
            ("state", .string(state.rawValue)), ("priority", .integer(priority)), ("attempts", .integer(attempts)),
            ("interruptions", .integer(interruptions)), ("snoozes", .integer(snoozes)), ("is_quarantined", .bool(isQuarantined)),
            ("is_accounts", .bool(isAccounts)), ("is_cancel_asked", .bool(isCancelAsked)), ("run_at", .string(runAt.iso)),
            ("created_at", .string(createdAt.iso)), ("started_at", startedAt.map { .string($0.iso) } ?? .null),
            ("finished_at", finishedAt.map { .string($0.iso) } ?? .null), ("error_code", errorCode.map { .string($0) } ?? .null),
            ("error", error.map { .string($0) } ?? .null),
        ])
    }

    static let schema = JSONSchema.named(
        "WorkItem",
        .object([
            JSONSchema.Member("task_id", .uuid), JSONSchema.Member("kind", .text), JSONSchema.Member("queue", .nullable(.text)),
            JSONSchema.Member("state", .choice(WorkItem.State.allCases.map(\.rawValue))), JSONSchema.Member("priority", .integer),
            JSONSchema.Member("attempts", .integer), JSONSchema.Member("interruptions", .integer), JSONSchema.Member("snoozes", .integer),
            JSONSchema.Member("is_quarantined", .boolean), JSONSchema.Member("is_accounts", .boolean),
            JSONSchema.Member("is_cancel_asked", .boolean), JSONSchema.Member("run_at", .datetime),
            JSONSchema.Member("created_at", .datetime), JSONSchema.Member("started_at", .nullable(.datetime)),
            JSONSchema.Member("finished_at", .nullable(.datetime)), JSONSchema.Member("error_code", .nullable(.text)),
            JSONSchema.Member("error", .nullable(.text)),
        ]))
}

/// Which items the operator means.
package struct WorkFilter: Sendable, Equatable {
    /// Nil: whatever is not done, which is what waits, runs or is dead.
    package var states: Set<WorkItem.State>?
    package var queue: WorkQueueName?
    package var kind: String?
    /// Only what waits and was running at the end of the process twice.
    package var quarantinedOnly = false

    package init() {}

    /// Reads `queue` and `kind`, which every request over several items takes.
    package init(_ reader: inout BodyReader) {
        queue = WorkQueueName(rawValue: reader.choice("queue", WorkQueueName.allCases.map(\.rawValue), default: ""))
        kind = reader.optionalText("kind", max: 100).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads `state` and `quarantined` too, by which lists are narrowed.
    package init(list reader: inout BodyReader) {
        self.init(&reader)
        states = WorkItem.State(rawValue: reader.choice("state", WorkItem.State.allCases.map(\.rawValue), default: "")).map { [$0] }
        quarantinedOnly = reader.boolean("quarantined", default: false)
    }
}
