import Platform
import TestSupport
import Testing

@testable import Appliance

/// Who may do what: a row for every route that is served, with the status that each identity gets.
///
/// The path's parameters and the bodies name the owner's own session, profile and login. A route without a row
/// fails the test, and so does a row without a route.
@Suite struct AuthorisationMatrix {
    /// The statuses of one route.
    struct Row: Sendable {
        var anonymous = 401
        /// A deactivated account's token, one after its logout, a refresh token in the place of an access token,
        /// and no token at all but text.
        var badToken = 401
        var other: Int
        var staff: Int
        var owner: Int
        /// What is sent to the route, with `$name` for the names of `Belongings`.
        var body: String?

        /// Any account, with the same answer for each.
        static func account(_ status: Int, _ body: String? = nil) -> Row { Row(other: status, staff: status, owner: status, body: body) }

        /// The owner's object: for others, staff included, it is not there.
        static func own(_ status: Int, _ body: String? = nil) -> Row { Row(other: 404, staff: 404, owner: status, body: body) }

        /// Staff, and nobody else.
        static func staffOnly(_ status: Int, _ body: String? = nil) -> Row { Row(other: 403, staff: status, owner: 403, body: body) }

        /// Anyone; the header is not looked at.
        static func anyone(_ status: Int, _ body: String? = nil) -> Row {
            Row(anonymous: status, badToken: status, other: status, staff: status, owner: status, body: body)
        }
    }

    static let table: [String: Row] = [
        "GET /health/": .anyone(200),
        "GET /healthz/": .anyone(200),
        "GET /readyz/": .anyone(200),
        "GET /metrics/": .anyone(200),
        "GET /": .anyone(301),
        "GET /api/schema/": .anyone(200),
        "GET /api/docs/": .anyone(200),
        "GET /api/redoc/": .anyone(200),
        "GET /api/docs/docs.css": .anyone(200),
        "GET /api/docs/docs.js": .anyone(200),

        "GET /api/v1/auth/": .account(200),
        "POST /api/v1/auth/register/": Row(
            anonymous: 201, badToken: 401, other: 201, staff: 201, owner: 201,
            body: #"{"email":"$new","password":"correct horse 7","password_confirm":"correct horse 7"}"#),
        "POST /api/v1/auth/login/": .anyone(200, #"{"email":"$email","password":"correct horse 7"}"#),
        "POST /api/v1/auth/refresh/": .anyone(200, #"{"refresh":"$refresh"}"#),
        "POST /api/v1/auth/verify/": .anyone(200, #"{"token":"$access"}"#),
        // The refresh token is the owner's: others may not end their login with it.
        "POST /api/v1/auth/logout/": Row(other: 400, staff: 400, owner: 200, body: #"{"refresh":"$refresh"}"#),
        "GET /api/v1/auth/me/": .account(200),
        "PATCH /api/v1/auth/me/": .account(200, #"{"first_name":"Augusta"}"#),
        "DELETE /api/v1/auth/me/": .account(204, #"{"password":"correct horse 7"}"#),
        "POST /api/v1/auth/change-password/": .account(
            200, #"{"old_password":"correct horse 7","new_password":"another horse 8"}"#),
        "GET /api/v1/auth/export/": .account(200),
        // No mail server is configured.
        "POST /api/v1/auth/password-reset/": .anyone(409, #"{"email":"$email"}"#),
        "POST /api/v1/auth/verify-email/resend/": .anyone(409, #"{"email":"$email"}"#),
        "POST /api/v1/auth/password-reset/confirm/": .anyone(400, #"{"token":"none","new_password":"another horse 8"}"#),
        "POST /api/v1/auth/verify-email/": .anyone(400, #"{"token":"none"}"#),
        "GET /api/v1/mail/outbox/": .staffOnly(200),
        "GET /api/v1/mail/outbox/{id}/": .staffOnly(200),
        "GET /api/v1/notifications/unsubscribe/": .anyone(200),
        "POST /api/v1/notifications/unsubscribe/": .anyone(400),
        "GET /api/v1/auth/logins/": .account(200),
        "DELETE /api/v1/auth/logins/{id}/": .own(204),
        "GET /api/v1/auth/profiles/": .account(200),
        // Each has one already.
        "POST /api/v1/auth/profiles/": .account(400, "{}"),
        "GET /api/v1/auth/profiles/{id}/": .own(200),
        "PUT /api/v1/auth/profiles/{id}/": .own(200, "{}"),
        "PATCH /api/v1/auth/profiles/{id}/": .own(200, "{}"),
        "DELETE /api/v1/auth/profiles/{id}/": .own(204),

        "GET /api/v1/chat/": .account(200),
        "GET /api/v1/chat/sessions/": .account(200),
        "POST /api/v1/chat/sessions/": .account(201, "{}"),
        "GET /api/v1/chat/sessions/{id}/": .own(200),
        "PUT /api/v1/chat/sessions/{id}/": .own(200, "{}"),
        "PATCH /api/v1/chat/sessions/{id}/": .own(200, "{}"),
        "DELETE /api/v1/chat/sessions/{id}/": .own(204),
        "GET /api/v1/chat/sessions/{id}/messages/": .own(200),
        "POST /api/v1/chat/send/": .own(200, #"{"content":"hello","session_id":"$session"}"#),
        // There is no question in it yet.
        "POST /api/v1/chat/sessions/{id}/regenerate/": .own(400),
        "GET /api/v1/chat/streams/{id}/": .account(404),
        "POST /api/v1/chat/streams/{id}/stop/": .account(404),
        "POST /api/v1/chat/websocket-token/": .account(200),
        // Without the handshake of a socket.
        "GET /ws/chat/{session_id}/": Row(anonymous: 403, badToken: 403, other: 426, staff: 426, owner: 426),
        "GET /ws/notifications/": Row(anonymous: 403, badToken: 403, other: 426, staff: 426, owner: 426),
        "POST /api/v1/chat/chat/": Row(
            other: 404, staff: 404, owner: 202, body: #"{"message_text":"hello","session_id":"$session"}"#),
        "GET /api/v1/tasks/{task_id}/": .own(200),

        "GET /api/v1/admin/queues/": .staffOnly(200),
        "POST /api/v1/admin/queues/pause/": .staffOnly(200, #"{"queue":"ingest"}"#),
        "POST /api/v1/admin/queues/resume/": .staffOnly(200, #"{"queue":"ingest"}"#),
        "GET /api/v1/admin/tasks/": .staffOnly(200),
        "POST /api/v1/admin/tasks/retry/": .staffOnly(200, "{}"),
        "POST /api/v1/admin/tasks/purge/": .staffOnly(200, "{}"),
        // Of no task: how far the owner's is by then is chance.
        "GET /api/v1/admin/tasks/{task_id}/": .staffOnly(404),
        "DELETE /api/v1/admin/tasks/{task_id}/": .staffOnly(404),
        "POST /api/v1/admin/tasks/{task_id}/retry/": .staffOnly(404),
        "POST /api/v1/admin/tasks/{task_id}/cancel/": .staffOnly(404),

        "GET /api/v1/jobs/": .account(200),
        "GET /api/v1/jobs/search/": .account(200),
        "GET /api/v1/jobs/jobs/": .account(200),
        "POST /api/v1/jobs/jobs/": Row(
            other: 403, staff: 201, owner: 403, body: #"{"title":"A","company":"B","description":"C","location":"D"}"#),
        "GET /api/v1/jobs/jobs/{id}/": .account(200),
        "PUT /api/v1/jobs/jobs/{id}/": Row(
            other: 403, staff: 200, owner: 403, body: #"{"title":"A","company":"B","description":"C","location":"D"}"#),
        "PATCH /api/v1/jobs/jobs/{id}/": Row(other: 403, staff: 200, owner: 403, body: #"{"title":"A"}"#),
        "DELETE /api/v1/jobs/jobs/{id}/": Row(other: 403, staff: 204, owner: 403),
        "GET /api/v1/jobs/jobs/{id}/similar/": .account(200),
        "POST /api/v1/jobs/jobs/{id}/save/": .account(200, "{}"),
        // Others have not saved the job.
        "DELETE /api/v1/jobs/jobs/{id}/unsave/": .own(200),
        "POST /api/v1/jobs/jobs/{id}/generate_interview_questions/": .account(202),
        "GET /api/v1/jobs/saved/": .account(200),
        "GET /api/v1/jobs/saved/{id}/": .own(200),
        "PATCH /api/v1/jobs/saved/{id}/": .own(200, #"{"notes":"x"}"#),
        "DELETE /api/v1/jobs/saved/{id}/": .own(204),
        "POST /api/v1/chat/advice/": .account(200, #"{"advice_type":"resume"}"#),

        "GET /api/v1/jobs/applications/": .account(200),
        "POST /api/v1/jobs/applications/": .account(201, #"{"job_id":"$vacancy"}"#),
        "GET /api/v1/jobs/applications/{id}/": .own(200),
        "PUT /api/v1/jobs/applications/{id}/": .own(200, #"{"job_id":"$vacancy"}"#),
        "PATCH /api/v1/jobs/applications/{id}/": .own(200, #"{"status":"rejected"}"#),
        "DELETE /api/v1/jobs/applications/{id}/": .own(204),
        "GET /api/v1/jobs/applications/{id}/history/": .own(200),
        "GET /api/v1/jobs/applications/stats/": .account(200),
        "GET /api/v1/jobs/applications/export/": .account(200),
        "POST /api/v1/jobs/applications/bulk-apply/": .account(200, #"{"job_ids":["$vacancy"]}"#),
        // Nobody has a résumé yet.
        "POST /api/v1/jobs/jobs/{id}/auto-apply/": .account(400, #"{"job_ids":["$vacancy"]}"#),
        "GET /api/v1/jobs/alerts/": .account(200),
        "POST /api/v1/jobs/alerts/": .account(201, #"{"name":"Bread"}"#),
        "GET /api/v1/jobs/alerts/{id}/": .own(200),
        "PUT /api/v1/jobs/alerts/{id}/": .own(200, #"{"name":"Bread"}"#),
        "PATCH /api/v1/jobs/alerts/{id}/": .own(200, "{}"),
        "DELETE /api/v1/jobs/alerts/{id}/": .own(204),
        "POST /api/v1/jobs/alerts/{id}/test/": .own(200),
        "GET /api/v1/jobs/recommendations/": .account(200),
        "POST /api/v1/jobs/recommendations/generate/": .account(200),
        "PATCH /api/v1/jobs/recommendations/{id}/": .own(200, #"{"status":"viewed"}"#),
        "GET /api/v1/notifications/": .account(200),
        "GET /api/v1/notifications/notifications/": .account(200),
        "POST /api/v1/notifications/notifications/": .staffOnly(201, #"{"title":"Hello","message":"All.","all":true}"#),
        "POST /api/v1/notifications/notifications/mark_all_read/": .account(200),
        "GET /api/v1/notifications/notifications/{id}/": .own(200),
        "PUT /api/v1/notifications/notifications/{id}/": .own(200, #"{"is_read":true}"#),
        "PATCH /api/v1/notifications/notifications/{id}/": .own(200, "{}"),
        "DELETE /api/v1/notifications/notifications/{id}/": .own(204),
        "POST /api/v1/notifications/notifications/{id}/mark_read/": .own(200),
        "GET /api/v1/notifications/notifications/{id}/deliveries/": .own(200),
        "GET /api/v1/notifications/settings/": .account(200),
        "PUT /api/v1/notifications/settings/": .account(200, "{}"),
        "GET /api/v1/notifications/statistics/": .account(200),
        "GET /api/v1/notifications/health/": .anyone(200),
        // Whoever brings a token must bring a good one; what the staff see more is another test's matter.
        "GET /api/v1/notifications/health/production/": Row(anonymous: 200, other: 200, staff: 200, owner: 200),
        "GET /api/v1/notifications/metrics/": .staffOnly(200),
        "GET /api/v1/notifications/metrics/production/": .staffOnly(200),
        "GET /api/v1/notifications/targets/": .account(200),
        "POST /api/v1/notifications/targets/": .account(
            201, #"{"kind":"webhook","name":"A","url":"https://localhost/a","enabled":false}"#),
        "GET /api/v1/notifications/targets/{id}/": .own(200),
        "PATCH /api/v1/notifications/targets/{id}/": .own(200, #"{"name":"B"}"#),
        "DELETE /api/v1/notifications/targets/{id}/": .own(204),
        "POST /api/v1/notifications/targets/{id}/test/": .own(202),
        "POST /api/v1/notifications/targets/{id}/rotate-secret/": .own(200),
        "GET /api/v1/notifications/targets/{id}/deliveries/": .own(200),
        "POST /api/v1/notifications/targets/{id}/deliveries/{delivery_id}/replay/": .own(202),
        "POST /api/v1/notifications/test/": .staffOnly(200, #"{"test_type":"email"}"#),
        "POST /api/v1/notifications/admin/action/": .staffOnly(200, #"{"action":"clear_cache"}"#),

        "GET /api/v1/common/health/": .account(200),
        "GET /api/v1/common/user-recommendations-status/": .account(200),
    ]

    @Test("Every route that is served has its row, and every row its route")
    func complete() async throws {
        try await TestAppliance.run { server in
            let served = server.appliance.routes.map { "\($0.method) \($0.pattern)" }
            #expect(Set(served).count == served.count)
            #expect(served.filter { Self.table[$0] == nil } == [])
            #expect(Self.table.keys.filter { !served.contains($0) } == [])
        }
    }

    @Test("Every route answers each identity as its row says, and the owner's things outlive all but the owner")
    func matrix() async throws {
        try await TestAppliance.run { server in
            let bad = try await Self.badTokens(server)
            // Each route has accounts of its own, so several can be tried at the same time.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<Self.lanes {
                    group.addTask {
                        for (number, route) in server.appliance.routes.enumerated() where number % Self.lanes == lane {
                            try await Self.tryAll(route, number, bad, on: server)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static let lanes = 4

    private static func tryAll(
        _ route: Route, _ number: Int, _ bad: [(name: String, token: String)], on server: TestAppliance
    ) async throws {
        guard let row = table["\(route.method) \(route.pattern)"] else { return }
        let others = (try await server.register("other\(number)@example.org"), try await server.staff("staff\(number)@example.org"))
        var identities: [(name: String, token: String?, status: Int)] = [("anonymous", nil, row.anonymous)]
        identities += bad.map { ($0.name, $0.token, row.badToken) }
        identities += [("other", others.0.access, row.other), ("staff", others.1.access, row.staff)]
        let owner = try await Belongings(server, email: "owner\(number)@example.org")
        for identity in identities + [("owner", owner.access, row.owner)] {
            // What a public route does to the owner's token, it has done by the next identity's turn.
            if row.anonymous < 300 { try await owner.renew(server) }
            try await check(server, route, row, identity, owner)
        }
    }

    private static func check(
        _ server: TestAppliance, _ route: Route, _ row: Row, _ identity: (name: String, token: String?, status: Int), _ owner: Belongings
    ) async throws {
        let path = owner.fill(
            route.pattern.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0 == "{delivery_id}" ? "$delivery" : $0.hasPrefix("{") ? "$\(Self.object(route))" : String($0) }
                .joined(separator: "/"))
        let body = row.body.map { owner.fill($0) }
        let token = identity.name == "owner" ? owner.access : identity.token
        let answer = try await server.request(route.method, path, token: token, body: body)
        #expect(answer.status == identity.status, "\(route.method) \(route.pattern) as \(identity.name): \(answer.text)")
        guard answer.status == 401 else { return }
        #expect(answer["WWW-Authenticate"] == #"Bearer realm="api""#)
        let detail = identity.token == nil ? "Authentication credentials were not provided." : "Given token not valid for any token type"
        #expect(answer.json["detail"]?.string == detail, "\(route.method) \(route.pattern) as \(identity.name)")
        let unslashed = try await server.request(route.method, String(path.dropLast()), token: token, body: body)
        #expect(unslashed.body == answer.body)
    }

    /// Which of the owner's objects a path names.
    private static func object(_ route: Route) -> String {
        guard !route.pattern.contains("/admin/") else { return "nothing" }
        let kinds = [
            "/sessions/": "session", "/profiles/": "profile", "/logins/": "login", "/tasks/": "task", "/applications/": "application",
            "/auto-apply/": "vacancy", "/alerts/": "alert", "/recommendations/": "recommendation", "/jobs/jobs/": "job",
            "/jobs/saved/": "saved", "/notifications/notifications/": "notification",
            "/mail/outbox/": "mail", "/notifications/targets/": "target",
        ]
        return kinds.first { "\(route.pattern)".contains($0.key) }?.value ?? "nothing"
    }

    private static func badTokens(_ server: TestAppliance) async throws -> [(name: String, token: String)] {
        let deactivated = try await server.register("deactivated@example.org")
        _ = try await server.command("admin.disable", [("email", "deactivated@example.org")])
        let revoked = try await server.register("revoked@example.org")
        _ = try await revoked.post("/api/v1/auth/logout/", "{}")
        let refresh = try await server.register("refresh@example.org").refresh
        return [
            ("deactivated", deactivated.access), ("revoked", revoked.access), ("refresh token", refresh), ("garbage", "garbage"),
        ]
    }

    /// An account and one object of each kind that belongs to it.
    private final class Belongings {
        private let email: String
        private(set) var access: String
        private var refresh: String
        private let session: String
        private let profile: String
        private let login: String
        private let task: String
        private let application: String
        /// A job that nobody has applied to.
        private let vacancy: String
        private let alert: String
        private let recommendation: String
        private let job: String
        private let saved: String
        private let notification: String
        private let mail: String
        private let target: String
        private let delivery: String
        private var made = 0

        init(_ server: TestAppliance, email: String) async throws {
            let user = try await server.register(email)
            self.email = email
            (access, refresh) = (user.access, user.refresh)
            session = try #require(try await user.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
            profile = try #require(try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int).description
            task = try #require(try await user.post("/api/v1/chat/chat/", #"{"message_text":"hello"}"#).json["task_id"]?.string)
            application = try await user.apply(to: try await server.vacancy())
            vacancy = try await server.vacancy()
            job = try await server.database.write { transaction in
                var job = Job()
                (job.title, job.company, job.description, job.location) = ("Baker", "Loaf", "Bakes.", "Ulm")
                return try #require(try JobStore.create(job, in: transaction).stored?.id.description)
            }
            #expect(try await user.post("/api/v1/jobs/jobs/\(job)/save/", "{}").status == 200)
            saved = try #require(try await user.get("/api/v1/jobs/saved/").json["results"]?.array?.first?["id"]?.string)
            let news = try await server.notify(email)
            notification = news.id.description
            // It is made after the news, and leads where no target may: nothing is sent to it but what the route is asked for.
            let url = #"{"kind":"webhook","name":"Mine","url":"https://localhost/hook"}"#
            target = try #require(try await user.post("/api/v1/notifications/targets/", url).json["id"]?.string)
            delivery = try await server.noteAttempt(of: news, to: target, of: email).description
            mail = try #require(try server.database.mails(to: email).first?.id.description)
            login = try #require(try await user.get("/api/v1/auth/logins/").json["results"]?.array?.first?["id"]?.string)
            alert = try #require(try await user.post("/api/v1/jobs/alerts/", #"{"name":"Bread"}"#).json["id"]?.string)
            recommendation = try await Self.recommend(to: email, server)
        }

        private static func recommend(to email: String, _ server: TestAppliance) async throws -> String {
            let put = try await server.database.write { transaction -> RecommendationStore.Put? in
                guard let account = try AccountStore.account(email: email, in: transaction) else { return nil }
                _ = try JobStore.upsert(MatchFixture.job { $0.externalID = "matrix" }, in: transaction)
                let job = try transaction.int("SELECT rid FROM jobs WHERE external_id = 'matrix'")
                return try RecommendationStore.put(
                    MatchScore(value: 1, reasons: []), version: "v", job: job, for: account.owner, in: transaction)
            }
            return try #require(put).id.description
        }

        func renew(_ server: TestAppliance) async throws {
            let tokens = try TokenAnswer(try await server.login(email))
            (access, refresh) = (tokens.access, tokens.refresh)
        }

        func fill(_ text: String) -> String {
            made += 1
            let values = [
                "$email": email, "$access": access, "$refresh": refresh, "$session": session, "$profile": profile, "$login": login,
                "$task": task, "$application": application, "$vacancy": vacancy, "$alert": alert, "$recommendation": recommendation,
                "$job": job, "$saved": saved,
                "$notification": notification, "$mail": mail, "$target": target, "$delivery": delivery,
                "$new": "new\(made).\(email)",
            ]
            return values.reduce(text) { text, value in
                text.split(separator: value.key, omittingEmptySubsequences: false).joined(separator: value.value)
            }
        }
    }
}
