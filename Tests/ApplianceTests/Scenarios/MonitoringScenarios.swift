import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 10, through a real socket: what an earlier operator watched the server by, and the common routes.
@Suite struct MonitoringScenarios {
    private static let base = "/api/v1/notifications/"

    @Test("Strangers learn that the server is well and nothing more; the staff see what the contract names")
    func health() async throws {
        try await TestAppliance.run { server in
            let (ada, staff) = (try await server.register(), try await server.staff())
            let plain = try await server.request("GET", Self.base + "health/")
            #expect(plain.status == 200 && plain.json.object?.keys == ["status", "timestamp", "system", "message"])
            #expect(plain.json["status"] == "healthy" && plain.json["system"] == "jobraker-communication")
            #expect(plain.json["timestamp"]?.string.flatMap { Timestamp(iso: $0) } != nil)
            for token in [nil, ada.access] {
                let answer = try await server.request("GET", Self.base + "health/production/", token: token)
                #expect(answer.status == 200 && answer.json.object?.keys == ["status", "timestamp", "system"])
            }
            let full = try await staff.get(Self.base + "health/production/")
            #expect(
                full.json.object?.keys == [
                    "status", "timestamp", "system", "version", "environment", "checks", "metrics", "performance", "response_time_ms",
                ])
            #expect(
                full.json["checks"]?.object?.keys == ["database", "redis", "email", "celery", "websocket", "templates", "production"])
            #expect(full.json["checks"]?["database"]?["status"] == "healthy" && full.json["checks"]?["redis"]?["status"] == "not used")
            #expect(full.json["metrics"]?.object?.keys == ["cpu", "memory", "disk", "network"])
            #expect(full.json["version"]?.string == Jobraker.version && full.json["response_time_ms"]?.double ?? -1 >= 0)
            expectRefused(try await server.request("GET", Self.base + "health/production/", token: "x"), "Token is invalid")
        }
    }

    @Test("A server that cannot store says so with 503")
    func unhealthy() async throws {
        try await AccountsFixture.run { fixture in
            let routes = MonitoringRoutes(
                database: fixture.database, clock: fixture.clock, version: "1", startedAt: fixture.clock.now(), isHealthy: { false })
            let staff = Caller(
                accountRowID: 1, accountID: Identifier(lowestAt: fixture.clock.now()), loginID: Identifier(lowestAt: fixture.clock.now()),
                isStaff: true, email: "s@example.org")
            for path in ["health/", "health/production/"] {
                let route = try #require(routes.routes.first { $0.pattern == Self.base + path })
                let request = HTTPRequest(method: "GET", path: route.pattern, caller: staff, received: fixture.clock.now())
                let answer = try await route.handler(request)
                let json = try JSONValue.parse(answer.body)
                #expect(answer.status == 503 && json["status"] == "unhealthy")
                #expect(path == "health/" || json["checks"]?["database"]?["status"] == "unhealthy")
            }
            let common = CommonRoutes(
                database: fixture.database, recommendations: NoRecommendations(), isAssistantConfigured: { true }, isHealthy: { false })
            let route = try #require(common.routes.first { $0.pattern == "/api/v1/common/health/" })
            let answer = try await route.handler(
                HTTPRequest(method: "GET", path: route.pattern, caller: staff, received: fixture.clock.now()))
            let json = try JSONValue.parse(answer.body)
            #expect(answer.status == 200 && json["status"] == "degraded" && json["ai_services"] == "configured")
        }
    }

    @Test("The day's figures count accounts, chats and mails, of the last 24 hours only")
    func activity() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            _ = try await ada.post("/api/v1/chat/send/", #"{"content":"Yesterday"}"#)
            server.clock.advance(seconds: 90_000)
            let staff = try await server.staff()
            let again = try TokenAnswer(try await server.login(eve.email)).access
            for _ in 0..<2 {
                _ = try await server.request("POST", "/api/v1/chat/send/", token: again, body: #"{"content":"Today"}"#)
            }
            try await server.database.write { tx in
                let account = try #require(try AccountStore.account(email: eve.email, in: tx))
                for state in [OutgoingMail.State.sent, .sent, .failed, .refused, .kept, .queued] {
                    _ = try MailStore.add(.welcome, to: account, state: state, in: tx)
                }
            }
            let figures = try await staff.get(Self.base + "metrics/").json
            #expect(figures.object?.keys == ["timestamp", "period", "email", "chat", "system"] && figures["period"] == "last_24_hours")
            #expect(figures["email"] == ["total_sent": 2, "total_failed": 2, "templates_used": ["welcome": 2]])
            #expect(figures["chat"] == ["active_sessions": 2, "total_messages": 4, "unique_users": 1])
            #expect(figures["system"] == ["total_users": 3, "active_users_24h": 2])
        }
    }

    @Test("The staff see the machine's figures")
    func host() async throws {
        try await TestAppliance.run { server in
            let answer = try await server.staff().get(Self.base + "metrics/production/").json
            #expect(answer.object?.keys == ["timestamp", "cpu", "memory", "disk", "network"])
            #expect(answer["cpu"]?["cores"]?.int ?? 0 >= 1 && answer["memory"]?["process_bytes"]?.int ?? 0 > 1 << 20)
            #expect(answer["disk"]?["total_bytes"]?.int ?? 0 > 0)
        }
    }

    @Test("A test tries what there is and says of mail and cache that there are none")
    func test() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let all = try await staff.post(Self.base + "test/", "{}").json
            #expect(all["test_type"] == "all" && all["results"]?.object?.keys == ["email", "cache", "in_app"])
            let email: JSONValue = ["status": "not configured", "message": "Mail is kept, and not sent: there is no mail server."]
            #expect(all["results"]?["email"] == email)
            let id = try #require(all["results"]?["in_app"]?["notification_id"]?.string)
            let list = try await staff.get(NotificationPath.list).json
            #expect(list["count"] == 1 && list["notifications"]?.array?.first?["id"]?.string == id)
            for type in ["email", "cache"] {
                let one = try await staff.post(Self.base + "test/", #"{"test_type":"\#(type)"}"#).json
                #expect(one["results"]?.object?.keys == [type])
            }
            expectAnswer(
                try await staff.post(Self.base + "test/", #"{"test_type":"push"}"#), 400,
                #"{"test_type":["\"push\" is not a valid choice."]}"#)
            #expect(try await staff.get(NotificationPath.list).json["count"] == 1)
        }
    }

    @Test("Actions that make sense here are done; others are refused with those that there are")
    func actions() async throws {
        try await TestAppliance.run { server in
            let (ada, staff) = (try await server.register(), try await server.staff())
            let path = Self.base + "admin/action/"
            expectAnswer(
                try await staff.post(path, #"{"action":"clear_cache"}"#), 200,
                #"{"action":"clear_cache","message":"Nothing was to be done: this server keeps no cache that could be cleared.","#
                    + #""task_id":null}"#)
            for action in ["collect_static", "migrate", "drop table accounts"] {
                expectAnswer(
                    try await staff.post(path, #"{"action":"\#(action)"}"#), 400,
                    #"{"error":"Unknown action: \#(action)","available_actions":["clear_cache","clean_notifications"]}"#)
            }
            expectAnswer(try await staff.post(path, "{}"), 400, #"{"action":["This field is required."]}"#)

            let old = try await server.notify(ada.email, "old")
            _ = try await ada.post(NotificationPath.one(old.id) + "mark_read/")
            try await server.notify(ada.email, "unread")
            server.clock.advance(seconds: 31 * 86_400)
            let again = try TokenAnswer(try await server.login(staff.email)).access
            let answer = try await server.request("POST", path, token: again, body: #"{"action":"clean_notifications"}"#)
            let task = "/api/v1/tasks/\(answer.json["task_id"]?.string ?? "")/"
            #expect(try await eventually { try await server.request("GET", task, token: again).json["status"] == "SUCCESS" })
            #expect(try await server.request("GET", task, token: again).json["result"] == ["deleted": 1])
            #expect(try await server.count("SELECT count(*) FROM notifications WHERE title = 'unread'") == 1)
            #expect(try await server.count("SELECT count(*) FROM notifications") == 1)
        }
    }

    // MARK: Common

    @Test("The common health counts what is in the server and says what is configured")
    func common() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            expectAnswer(
                try await ada.get("/api/v1/common/health/"), 200,
                #"{"status":"healthy","database":"healthy","redis":"not used","celery":"unknown","ai_services":"not configured","#
                    + #""recommendations":{"total_jobs":0,"total_users":1,"total_recommendations":0}}"#)
        }
    }

    @Test("A profile counts as configured when jobs can be matched against it")
    func recommendations() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            func status(_ configured: Bool) -> String {
                #"{"user_id":"\#(ada.id)","profile_configured":\#(configured),"recommendations_count":0,"pending_recommendations":0,"#
                    + #""viewed_recommendations":0,"dismissed_recommendations":0}"#
            }
            let path = "/api/v1/common/user-recommendations-status/"
            expectAnswer(try await ada.get(path), 200, status(false))
            let profile = try #require(try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int)
            let body = #"{"current_title":"Baker","skills":["dough"],"preferred_locations":["Ulm"]}"#
            #expect(try await ada.patch("/api/v1/auth/profiles/\(profile)/", body).status == 200)
            expectAnswer(try await ada.get(path), 200, status(true))
            #expect(try await ada.delete("/api/v1/auth/profiles/\(profile)/").status == 204)
            expectAnswer(try await ada.get(path), 200, status(false))
        }
    }

    @Test("The figures of whoever keeps recommendations are shown, with the time of the last change")
    func figures() async throws {
        struct Some: RecommendationFigures {
            func total(in reader: Reader) -> Int { 12 }
            func counts(of owner: Owner, in reader: Reader) -> RecommendationCounts {
                RecommendationCounts(total: 6, pending: 3, viewed: 2, dismissed: 1, lastUpdated: Timestamp(seconds: 1_800_000_000))
            }
        }
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let caller = try fixture.authenticator.caller(ofToken: person.access)
            let common = CommonRoutes(
                database: fixture.database, recommendations: Some(), isAssistantConfigured: { false }, isHealthy: { true })
            func get(_ path: String) async throws -> JSONValue {
                guard let route = common.routes.first(where: { $0.pattern == path }) else { throw HarnessError(message: path) }
                return try JSONValue.parse(
                    try await route.handler(HTTPRequest(method: "GET", path: path, caller: caller, received: fixture.clock.now())).body)
            }
            #expect(try await get("/api/v1/common/health/")["recommendations"]?["total_recommendations"] == 12)
            let status = try await get("/api/v1/common/user-recommendations-status/")
            #expect(status["recommendations_count"] == 6 && status["pending_recommendations"] == 3)
            #expect(status["viewed_recommendations"] == 2 && status["dismissed_recommendations"] == 1)
            #expect(status["last_updated"] == "2027-01-15T08:00:00Z")
        }
    }
}
