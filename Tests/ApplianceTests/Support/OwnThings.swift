import Platform
import Testing

@testable import Appliance

/// One thing of each kind that an account can have, with one word in every text of them.
struct OwnThings: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case session, stream, profile, login, task, application, alert, recommendation, saved, notification, target
        /// An attempt at the target, which is named behind it.
        case delivery
        /// Everybody's; the one that is applied to, saved and recommended.
        case job
        /// One to the account, which the staff alone may look at.
        case mail
    }

    private var ids: [Kind: String] = [:]

    subscript(_ kind: Kind) -> String { ids[kind] ?? "" }

    private static let places: [(prefix: String, kind: Kind)] = [
        ("/chat/sessions/", .session), ("/chat/streams/", .stream), ("/auth/profiles/", .profile), ("/auth/logins/", .login),
        ("/tasks/", .task),
        ("/jobs/applications/", .application), ("/jobs/alerts/", .alert), ("/jobs/recommendations/", .recommendation),
        ("/jobs/saved/", .saved), ("/notifications/notifications/", .notification), ("/jobs/jobs/", .job), ("/mail/outbox/", .mail),
        ("/notifications/targets/", .target),
    ]

    /// What a pattern's parameter names; nil for one without, or with one that nobody has thought of here.
    static func kind(of pattern: String) -> Kind? { places.first { pattern.contains($0.prefix + "{") }?.kind }

    /// The pattern with something in the place of its parameter.
    static func path(_ pattern: String, naming id: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? id : String($0) }.joined(separator: "/")
    }

    func path(_ pattern: String) -> String {
        let pattern = pattern.replacing("{delivery_id}", with: self[.delivery])
        return Self.path(pattern, naming: Self.kind(of: pattern).map { self[$0] } ?? "")
    }

    static func make(of user: TestUser, word: String) async throws -> OwnThings {
        var things = OwnThings()
        try await things.addAccountsOwn(of: user, word)
        try await things.addChat(of: user, word)
        try await things.addJobs(of: user, word)
        let news = try await user.server.notify(user.email, "\(word)-news", kind: .reminder, data: ["about": .string("\(word)-data")])
        things.ids[.notification] = news.id.description
        try await things.addTarget(of: user, word, news)
        things.ids[.mail] = try await user.server.database.write { transaction in
            let account = try #require(try AccountStore.account(email: user.email, in: transaction))
            return try MailStore.add(.welcome, to: account, state: .kept, in: transaction).description
        }
        for kind in Kind.allCases where things[kind].isEmpty { throw HarnessError(message: "\(user.email) has no \(kind)") }
        return things
    }

    private mutating func addAccountsOwn(of user: TestUser, _ word: String) async throws {
        _ = try await user.patch("/api/v1/auth/me/", #"{"first_name":"\#(word)-first","last_name":"\#(word)-last"}"#)
        let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int
        ids[.profile] = try #require(profile).description
        _ = try await user.patch(
            "/api/v1/auth/profiles/\(self[.profile])/",
            #"{"current_title":"\#(word)-title","skills":["\#(word)-skill"],"cover_letter_template":"\#(word)-letter","phone":"\#(word)"}"#)
        _ = try await user.server.login(user.email, user.password, headers: [("User-Agent", "\(word)-browser")])
        let logins = try await user.get("/api/v1/auth/logins/").json["results"]?.array ?? []
        ids[.login] = logins.first { $0["current"] == false }?["id"]?.string
        _ = try await user.put("/api/v1/notifications/settings/", #"{"frequency":"weekly"}"#)
    }

    private mutating func addChat(of user: TestUser, _ word: String) async throws {
        let session = try await user.post("/api/v1/chat/sessions/", #"{"title":"\#(word)-session"}"#).json["id"]?.string ?? ""
        ids[.session] = session
        let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"\#(word)-question","session_id":"\#(session)"}"#)
        let task = taken.json["task_id"]?.string ?? ""
        ids[.task] = task
        guard try await eventually({ try await user.get("/api/v1/tasks/\(task)/").json["status"] == "SUCCESS" }) else {
            throw HarnessError(message: "the question of \(user.email) got no answer")
        }
        _ = try await user.post("/api/v1/chat/sessions/\(session)/regenerate/")
        ids[.stream] = try user.server.database.read { reader in
            try reader.first(
                "SELECT chat_streams.id FROM chat_streams JOIN chat_sessions ON chat_sessions.rid = session_rid WHERE chat_sessions.id = $1",
                Identifier(session)
            ) { try $0.id(0) }
        }?.description
    }

    /// Switched off, so that nothing is ever sent to it.
    private mutating func addTarget(of user: TestUser, _ word: String, _ news: Notification) async throws {
        let body = #"{"kind":"webhook","name":"\#(word)-target","url":"https://localhost/\#(word)","enabled":false}"#
        ids[.target] = try await user.post("/api/v1/notifications/targets/", body).json["id"]?.string
        ids[.delivery] = try await user.server.noteAttempt(of: news, to: self[.target], of: user.email).description
    }

    private mutating func addJobs(of user: TestUser, _ word: String) async throws {
        let job = try await user.server.vacancy()
        ids[.job] = job
        ids[.application] = try await user.apply(
            to: job, #""notes":"\#(word)-notes","user_notes":"\#(word)-own","interview_details":{"by":"\#(word)-by"}"#)
        _ = try await user.post("/api/v1/jobs/jobs/\(job)/save/", #"{"category":"\#(word)-category","notes":"\#(word)-saved"}"#)
        ids[.saved] = try await user.results("/api/v1/jobs/saved/").first?["id"]?.string
        ids[.alert] = try await user.post("/api/v1/jobs/alerts/", #"{"name":"\#(word)-alert","keywords":["\#(word)"],"is_active":false}"#)
            .json["id"]?.string
        let owner = try #require(try user.server.database.accountOwner(user.email))
        ids[.recommendation] = try await user.server.database.write { transaction -> String? in
            guard let row = try Identifier(job).flatMap({ try JobStore.rowID($0, in: transaction) }) else { return nil }
            let score = MatchScore(value: 1, reasons: [])
            return try RecommendationStore.put(score, version: "\(word)-version", job: row, for: owner, in: transaction)?.id.description
        }
    }
}
