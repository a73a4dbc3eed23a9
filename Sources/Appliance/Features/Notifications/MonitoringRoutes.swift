import Platform

/// The routes below `/api/v1/notifications/` by which an earlier operator watched the server. Strangers learn whether it
/// is well; what tells of its users or its machine is for the staff.
struct MonitoringRoutes: Sendable {
    static let system = "jobraker-communication"

    let database: Database
    let clock: any PlatformClock
    let version: String
    let startedAt: Timestamp
    /// Whether requests can be served: the answer is shared by all who ask within a second.
    let isHealthy: @Sendable () async -> Bool
    /// Whether a mail server is configured.
    var sendsMail: @Sendable () -> Bool = { false }

    var routes: [Route] {
        let base = NotificationRoutes.base
        return [
            .get(base + "health/", access: .anyone, summary: "Is the server well?", handler: health)
                .returns(200, MonitoringDocs.health).returns(503, MonitoringDocs.health, "It is not."),
            .get(base + "health/production/", access: .anyoneChecked, summary: "Is the server well? The staff see more.", handler: details)
                .returns(200, MonitoringDocs.details).returns(503, MonitoringDocs.details, "It is not."),
            .get(base + "metrics/", access: .staff, summary: "What happened in the last 24 hours.", handler: activity)
                .returns(200, MonitoringDocs.activity),
            .get(base + "metrics/production/", access: .staff, summary: "What the machine says of itself.", handler: host)
                .returns(200, MonitoringDocs.host),
            .post(base + "test/", access: .staff, summary: "Try the ways in which notifications go.", handler: test)
                .takes(MonitoringDocs.testBody).returns(200, MonitoringDocs.tested),
            .post(base + "admin/action/", access: .staff, summary: "Do something for the operator.", handler: act)
                .takes(MonitoringDocs.actionBody).returns(200, MonitoringDocs.acted)
                .returns(400, MonitoringDocs.unknownAction, "There is no such action."),
        ]
    }

    // MARK: Health

    @Sendable private func health(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let isHealthy = await isHealthy()
        return .json(isHealthy ? 200 : 503) { writer in
            writer.object { writer in
                writeHead(isHealthy, into: &writer)
                writer.field("message", isHealthy ? "The server is running." : "The server cannot store anything now.")
            }
        }
    }

    @Sendable private func details(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let began = clock.now()
        let isHealthy = await isHealthy()
        return .json(isHealthy ? 200 : 503) { writer in
            writer.object { writer in
                writeHead(isHealthy, into: &writer)
                guard request.caller?.isStaff == true else { return }
                let now = clock.now()
                writer.field("version", version)
                writer.field("environment", "production")
                writer.object("checks") { writer in
                    for check in HealthCheck.all(isHealthy: isHealthy, sendsMail: sendsMail()) { check.write(into: &writer) }
                }
                writer.object("metrics") { HostFigures(diskOf: database.directory.path).writeFields(into: &$0) }
                writer.object("performance") { writer in
                    writer.field("uptime_seconds", Int(max(0, now.seconds - startedAt.seconds)))
                    writer.field("writes_waiting", database.writesWaiting)
                }
                writer.field("response_time_ms", Double(max(0, now.microseconds - began.microseconds)) / 1000)
            }
        }
    }

    private func writeHead(_ isHealthy: Bool, into writer: inout JSONWriter) {
        writer.field("status", isHealthy ? "healthy" : "unhealthy")
        writer.field("timestamp", clock.now())
        writer.field("system", Self.system)
    }

    // MARK: Figures

    @Sendable private func activity(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let now = clock.now()
        let activity = try await database.scan { try DailyActivity(at: now, in: $0) }
        return .json { activity.write(at: now, into: &$0) }
    }

    @Sendable private func host(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { writer in
            writer.object { writer in
                writer.field("timestamp", clock.now())
                HostFigures(diskOf: database.directory.path).writeFields(into: &writer)
            }
        }
    }

    // MARK: Doing something

    static let testTypes = ["all", "email", "cache", "in_app"]

    /// The ways that are not there say so; the list in the product is tried with a notification to the caller, which goes the
    /// other ways too where all are asked for.
    @Sendable private func test(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        var body = try BodyReader(request.json())
        let type = body.choice("test_type", Self.testTypes, default: "all")
        try body.finish()
        var added: Identifier?
        if type == "all" || type == "in_app" {
            let new = Notification.New(
                kind: .systemMessage, title: "Test notification", message: "This is a test.",
                skipped: type == "all" ? [] : Set(NotificationDelivery.Channel.allCases))
            added = try await database.write { try NotificationStore.add(new, for: owner, in: $0).id }
        }
        let (now, notification) = (clock.now(), added)
        return .json { writer in
            writer.object { writer in
                writer.field("timestamp", now)
                writer.field("test_type", type)
                writer.object("results") { writer in
                    for check in [HealthCheck.email(isConfigured: sendsMail()), .cache] where type == "all" || type == check.name {
                        check.write(into: &writer)
                    }
                    guard let notification else { return }
                    writer.object("in_app") { writer in
                        writer.field("status", "sent")
                        writer.field("message", "The notification is in your list.")
                        writer.field("notification_id", notification)
                    }
                }
            }
        }
    }

    static let actions = ["clear_cache", "clean_notifications"]

    @Sendable private func act(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        var body = try BodyReader(request.json())
        let action = body.text("action", max: 100)
        try body.finish()
        var (message, task): (String, Identifier?) = ("Nothing was to be done: this server keeps no cache that could be cleared.", nil)
        switch action {
        case "clear_cache": break
        case "clean_notifications":
            task = try await database.write { try $0.enqueue(NotificationCleaning.order(by: owner)) }
            message = "Notifications that were read more than \(NotificationCleaning.keptDays) days ago are being deleted."
        default: throw UnknownAction(name: action)
        }
        return .json { [message, task] writer in
            writer.object { writer in
                writer.field("action", action)
                writer.field("message", message)
                writer.field("task_id", task)
            }
        }
    }
}

/// The staff asked for an action that there is not.
struct UnknownAction: HTTPFact, Equatable {
    let name: String

    var status: Int { 400 }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("error", "Unknown action: \(name)")
            writer.field("available_actions", MonitoringRoutes.actions)
        }
    }
}
