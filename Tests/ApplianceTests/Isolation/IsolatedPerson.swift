import Platform
import TestSupport
import Testing

@testable import Appliance

/// An account in the isolation tests, with what a few lines of Swift say that it has. Everything that it writes holds a
/// word of its own, so that an answer to somebody else tells of it at once.
final class IsolatedPerson {
    let user: TestUser
    let word: String
    private let line: KeptConnection
    /// The words of the others.
    private var foreign: [[UInt8]] = []

    /// The ids of its rows, by kind.
    var rows: [OwnThings.Kind: Set<String>] = [:]
    /// The jobs of its applications and of what it saved, by the row.
    var jobs: [String: String] = [:]
    /// Of each application.
    var statuses: [String: String] = [:]
    /// The applications that its word was noted with.
    var noted: Set<String> = []
    /// What it saved in a category of its own.
    var categorised: Set<String> = []
    var unread: Set<String> = []
    var frequency = "weekly"
    var title: String

    private init(_ user: TestUser, _ word: String) {
        self.user = user
        self.word = word
        title = "\(word)-title"
        line = KeptConnection(port: user.server.port)
    }

    /// With one thing of each kind to begin with.
    static func make(_ user: TestUser, word: String, among words: [String]) async throws -> IsolatedPerson {
        let person = IsolatedPerson(user, word)
        person.foreign = words.filter { $0 != word }.map { Array($0.utf8) }
        let things = try await OwnThings.make(of: user, word: word)
        for kind in OwnThings.Kind.allCases where kind != .job { person.rows[kind] = [things[kind]] }
        person.rows[.login] = Set(try await person.list(.login))
        person.jobs = [things[.application]: things[.job], things[.saved]: things[.job]]
        person.statuses = [things[.application]: "pending"]
        person.noted = [things[.application]]
        person.categorised = [things[.saved]]
        person.unread = [things[.notification]]
        return person
    }

    func has(_ kind: OwnThings.Kind) -> [String] { (rows[kind] ?? []).sorted() }

    /// Whether it has applied to the job, or saved it.
    func has(_ kind: OwnThings.Kind, for job: String) -> Bool { has(kind).contains { jobs[$0] == job } }

    func add(_ id: String?, to kind: OwnThings.Kind) {
        if let id { rows[kind, default: []].insert(id) } else { Issue.record("\(user.email) got no id of a \(kind)") }
    }

    func drop(_ id: String, from kind: OwnThings.Kind) {
        rows[kind]?.remove(id)
        jobs[id] = nil
        statuses[id] = nil
        noted.remove(id)
        categorised.remove(id)
        unread.remove(id)
    }

    // MARK: Requests

    /// Asks, and looks for other people's words in the answer.
    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String? = nil, expecting status: Int? = nil) async throws -> TestResponse {
        try await ask(method, path, bytes: body.map { Array($0.utf8) }, expecting: status)
    }

    @discardableResult
    func ask(_ method: String, _ path: String, bytes: [UInt8]?, expecting status: Int? = nil) async throws -> TestResponse {
        let answer = try await line.request(method, path, token: user.access, body: bytes)
        let leaks = foreign.contains { word in answer.body.withUnsafeBytes { TestAppliance.holds($0, word) } }
        #expect(!leaks, "\(method) \(path) tells \(user.email) of others: \(answer.text)")
        if let status {
            #expect(answer.status == status, "\(method) \(path) of \(user.email): \(answer.text)")
        } else {
            #expect(answer.status < 500, "\(method) \(path) of \(user.email): \(answer.text)")
        }
        return answer
    }

    // MARK: Lists

    private static let lists: [OwnThings.Kind: String] = [
        .session: "/api/v1/chat/sessions/?page_size=100", .profile: "/api/v1/auth/profiles/?", .login: "/api/v1/auth/logins/?",
        .application: "/api/v1/jobs/applications/?", .alert: "/api/v1/jobs/alerts/?", .saved: "/api/v1/jobs/saved/?",
        .recommendation: "/api/v1/jobs/recommendations/?status=pending_review,viewed,applied,dismissed,irrelevant",
        .notification: "/api/v1/notifications/notifications/?page_size=100", .target: "/api/v1/notifications/targets/?",
    ]

    /// The ids of a list, over all its pages; `filter` is more of the query. Each page counts the same.
    func list(_ kind: OwnThings.Kind, _ filter: String = "") async throws -> [String] {
        guard let path = Self.lists[kind] else { return [] }
        var ids: [String] = []
        for page in 1... {
            let answer = try await ask("GET", path + (filter.isEmpty ? "" : "&\(filter)") + "&page=\(page)", expecting: 200).json
            let items = answer["results"]?.array ?? answer["notifications"]?.array ?? []
            ids += items.compactMap { $0["id"]?.string ?? $0["id"]?.int?.description }
            guard answer["next"]?.string != nil else {
                if let count = answer["count"]?.int { #expect(count == ids.count, "\(path)&\(filter)") }
                break
            }
        }
        return ids
    }

    /// What an action brought about by itself is its doer's.
    func learn(_ kind: OwnThings.Kind) async throws -> Set<String> {
        let new = Set(try await list(kind)).subtracting(rows[kind] ?? [])
        rows[kind, default: []].formUnion(new)
        if kind == .notification { unread.formUnion(new) }
        return new
    }

    /// Kinds of work that nobody asks for.
    static let unasked: Set<String> = [DeliveryWork.kind, DigestWork.kind, MailWork.kind, AccountMailWork.kind]

    /// All that the server keeps of it, except for when it was asked.
    func everything() async throws -> JSONValue {
        let document = try await ask("GET", "/api/v1/auth/export/", expecting: 200).json
        return .object(JSONObject(members: (document.object?.members ?? []).filter { $0.key != "exported_at" }))
    }
}
