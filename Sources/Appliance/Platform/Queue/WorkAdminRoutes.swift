/// `/api/v1/admin/queues/` and `/api/v1/admin/tasks/`: the background work of the whole instance, for the staff.
///
/// What is to be done and what came of it is not shown: that is its account's.
package struct WorkAdminRoutes: Sendable {
    private let admin: WorkAdmin
    private let clock: any PlatformClock

    package init(admin: WorkAdmin, clock: any PlatformClock) {
        self.admin = admin
        self.clock = clock
    }

    private static let queues = "/api/v1/admin/queues/"
    private static let tasks = "/api/v1/admin/tasks/"

    package var routes: [Route] { queueRoutes + taskRoutes }

    private var queueRoutes: [Route] {
        let body = JSONSchema.object([JSONSchema.Member("queue", .choice(WorkQueueName.allCases.map(\.rawValue)))])
        return [
            .get(Self.queues, access: .staff, summary: "The queues of background work, and how much is in each.", handler: showQueues)
                .returns(200, .object([JSONSchema.Member("queues", .array(WorkAdmin.Queue.schema))])),
            .post(Self.queues + "pause/", access: .staff, summary: "Take nothing more from a queue.", handler: pause)
                .takes(body).returns(200, WorkAdmin.Queue.schema),
            .post(Self.queues + "resume/", access: .staff, summary: "Take from a queue again.", handler: resume)
                .takes(body).returns(200, WorkAdmin.Queue.schema),
        ]
    }

    private var taskRoutes: [Route] {
        let (one, states) = (Self.tasks + "{task_id}/", WorkItem.State.allCases.map(\.rawValue))
        let some = JSONSchema.object([
            JSONSchema.Member("queue", .choice(WorkQueueName.allCases.map(\.rawValue)), isRequired: false),
            JSONSchema.Member("kind", .text(max: 100), isRequired: false),
        ])
        let count = JSONSchema.object([JSONSchema.Member("tasks", .integer)])
        let refused = "It is not in a state for that, or other work has its key."
        let refusal = JSONSchema.object([JSONSchema.Member("detail", .text)])
        return [
            .get(Self.tasks, access: .staff, summary: "Pieces of background work, newest first.", handler: list)
                .asks(
                    Operation.Parameter("state", .choice(states), "Only those; if not given, all that is not done."),
                    Operation.Parameter("queue", .choice(WorkQueueName.allCases.map(\.rawValue)), "Only of this queue."),
                    Operation.Parameter("kind", .text(max: 100), "Only of this kind."),
                    Operation.Parameter("quarantined", .boolean, "Only what was running at the end of the process twice and waits."),
                    .page
                )
                .returns(200, .page(of: WorkRecord.schema)),
            .post(Self.tasks + "retry/", access: .staff, summary: "Try everything again that failed for good.", handler: retryDead)
                .takes(some).returns(200, count),
            .post(Self.tasks + "purge/", access: .staff, summary: "Forget everything that failed for good.", handler: purgeDead)
                .takes(some).returns(200, count),
            .get(one, access: .staff, summary: "A piece of background work.", handler: show).returns(200, WorkRecord.schema),
            .delete(one, access: .staff, summary: "Forget a piece of work that failed for good or was cancelled.", handler: purge)
                .returns(204, nil).returns(409, refusal, refused),
            .post(one + "retry/", access: .staff, body: .none, summary: "Try a piece of work again, at once.", handler: retry)
                .returns(200, WorkRecord.schema).returns(409, refusal, refused),
            .post(one + "cancel/", access: .staff, body: .none, summary: "Call a piece of work off.", handler: cancel)
                .returns(200, WorkRecord.schema).returns(409, refusal, refused),
        ]
    }

    // MARK: Queues

    @Sendable private func showQueues(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let queues = try await admin.queues(at: clock.now())
        return .json { writer in
            writer.object { writer in
                writer.array("queues") { writer in
                    for queue in queues { writer.value(queue.json) }
                }
            }
        }
    }

    @Sendable private func pause(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let queue = try Self.queue(request)
        try await admin.pause(queue)
        return try await answer(queue)
    }

    @Sendable private func resume(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let queue = try Self.queue(request)
        try await admin.resume(queue)
        return try await answer(queue)
    }

    private static func queue(_ request: HTTPRequest) throws -> WorkQueueName {
        var body = try BodyReader(request.json())
        let name = WorkQueueName(rawValue: body.choice("queue", WorkQueueName.allCases.map(\.rawValue)))
        try body.finish()
        guard let name else { throw HTTPError.notFound }
        return name
    }

    private func answer(_ name: WorkQueueName) async throws -> HTTPAnswer {
        guard let queue = try await admin.queues(at: clock.now()).first(where: { $0.name == name }) else { throw HTTPError.notFound }
        return .json { $0.value(queue.json) }
    }

    // MARK: Tasks

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var given = JSONObject()
        for name in ["state", "queue", "kind", "quarantined"] {
            if let value = request.query(name), !value.isEmpty { given.append(name, .string(value)) }
        }
        var reader = BodyReader(.object(given))
        let filter = WorkFilter(list: &reader)
        try reader.finish()
        let page = try Page(request)
        let count = try await admin.count(filter)
        let records = try await admin.list(filter, limit: page.size, offset: page.offset(count: count))
        return try page.envelope(request, count: count) { writer in
            for record in records { writer.value(.object(record.json)) }
        }
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer { try answer(admin.record(Self.id(request))) }

    @Sendable private func retry(_ request: HTTPRequest) async throws -> HTTPAnswer { try answer(await admin.retry(Self.id(request))) }

    @Sendable private func cancel(_ request: HTTPRequest) async throws -> HTTPAnswer { try answer(await admin.cancel(Self.id(request))) }

    @Sendable private func purge(_ request: HTTPRequest) async throws -> HTTPAnswer {
        guard try await admin.purge(Self.id(request)) != nil else { throw HTTPError.noMatch(model: "Task") }
        return .empty()
    }

    @Sendable private func retryDead(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try answer(await admin.retryDead(Self.filter(request)))
    }

    @Sendable private func purgeDead(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try answer(await admin.purgeDead(Self.filter(request)))
    }

    private static func id(_ request: HTTPRequest) throws -> Identifier {
        guard let id = request.parameters["task_id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        return id
    }

    private static func filter(_ request: HTTPRequest) throws -> WorkFilter {
        var body = try BodyReader(request.json())
        let filter = WorkFilter(&body)
        try body.finish()
        return filter
    }

    private func answer(_ record: WorkRecord?) throws -> HTTPAnswer {
        guard let record else { throw HTTPError.noMatch(model: "Task") }
        return .json { $0.value(.object(record.json)) }
    }

    private func answer(_ count: Int) throws -> HTTPAnswer {
        .json { writer in writer.object { $0.field("tasks", count) } }
    }
}
