import Platform
import TestSupport
import Testing

@testable import Appliance

/// Sends hostile requests as one account, over one connection, and judges every answer.
final class HostileSweep {
    let user: TestUser
    let things: OwnThings
    private let isStaff: Bool
    /// What belongs to somebody else, and must never be seen.
    private let foreign: [UInt8]
    private let line: KeptConnection
    private var access: String
    private var made = 0
    /// The addresses that this account may end the connection with: they are longer than the server reads.
    private var overlong = 0
    private(set) var requests = 0

    init(as user: TestUser, isStaff: Bool, word: String, foreign: String) async throws {
        self.user = user
        self.isStaff = isStaff
        things = try await OwnThings.make(of: user, word: word)
        self.foreign = Array(foreign.utf8)
        line = KeptConnection(port: user.server.port)
        access = user.access
    }

    /// Whether this account tries the route with the value of that number. What everybody may use is shared between the
    /// two: each tries every other value. What is the staff's is tried by the staff, and now and then by the other.
    func hasTurn(_ inputs: RouteInputs, _ number: Int) -> Bool {
        inputs.isForStaff ? isStaff || number.isMultiple(of: 6) : number.isMultiple(of: 2) == isStaff
    }

    // MARK: Requests

    /// Sends to the route, at the account's own thing where the path names one.
    @discardableResult
    func send(
        _ inputs: RouteInputs, path: String? = nil, query: String = "", body: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let target = (path ?? things.path(inputs.route.pattern)) + (query.isEmpty ? "" : "?" + query)
        var answer = try await line.request(inputs.route.method, target, token: access, body: body, headers: headers)
        // Some requests end the login that they come with, as they may.
        if answer.status == 401, [.account, .staff].contains(inputs.route.access) {
            access = try TokenAnswer(try await user.server.login(user.email, user.password)).access
            answer = try await line.request(inputs.route.method, target, token: access, body: body, headers: headers)
            #expect(answer.status != 401, "\(inputs.name)")
        }
        requests += 1
        if target.utf8.count > 8_192 { overlong += 1 }
        let problems = problems(of: answer)
        #expect(
            problems == [],
            "\(inputs.name) as \(user.email): \(target.prefix(200)) \(Self.shown(body)) gave \(answer.status) \(Self.shown(answer.body))")
        return answer
    }

    private func problems(of answer: TestResponse) -> [String] {
        var problems: [String] = []
        if answer.status >= 500 { problems.append("a server error") }
        if answer.body.withUnsafeBytes({ TestAppliance.holds($0, foreign) }) { problems.append("somebody else's words") }
        if answer["Set-Cookie"] != nil { problems.append("a cookie") }
        if answer.status >= 400, answer["Content-Type"] != "application/json" { problems.append("an error that is no JSON") }
        if answer["Content-Type"] == "application/json", answer.body.count < 20_000, (try? JSONValue.parse(answer.body)) == nil {
            problems.append("JSON that is none")
        }
        return problems
    }

    private static func shown(_ bytes: [UInt8]?) -> String { String(decoding: (bytes ?? []).prefix(300), as: UTF8.self) }

    /// The connection was kept, except behind addresses that the server does not read to their end.
    func expectKeptConnection() {
        #expect(line.ended == overlong)
        #expect(requests > 0)
    }

    // MARK: Bodies

    /// Sends the same value in all fields. What a field refuses is left out of the next try, so that the others get
    /// past it; `form` says how a field holds the value, nil for not at all.
    func bodies(_ inputs: RouteInputs, tries: Int = 3, _ form: (RouteInputs.Field) -> String?) async throws {
        var hostile = inputs.fields.compactMap { field in form(field).map { (name: field.name, json: $0) } }
        for _ in 0..<tries where !hostile.isEmpty {
            var members = hostile
            if inputs.name == Self.announcing, !members.contains(where: { $0.name == "user_ids" }) {
                members.append((name: "user_ids", json: "[\"\(user.id)\"]"))
            }
            let body = inputs.body(members, others: try await examples(for: inputs))
            let answer = try await send(inputs, body: body)
            let refused = answer.status == 400 ? answer.json.object?.keys ?? [] : []
            let rest = hostile.filter { !refused.contains($0.name) }
            if rest.count == hostile.count { return }
            hostile = rest
        }
    }

    private static let announcing = "POST /api/v1/notifications/notifications/"

    /// What the required fields hold that hold nothing hostile. No password is the account's own, so that nothing of it
    /// can be deleted with one.
    func examples(for inputs: RouteInputs) async throws -> (RouteInputs.Field) -> JSONValue {
        made += 1
        let email = "new\(made).\(user.email)"
        let needsJob = inputs.fields.contains { $0.name == "job_id" && $0.isRequired }
        let job = needsJob ? try await user.server.vacancy() : ""
        return { field in
            switch field.name {
            case "email": .string(email)
            case "password", "password_confirm", "old_password", "new_password": "another horse 8"
            case "job_id": .string(job)
            // Refused, so that nothing is ever sent: the account's own target, which is switched off, takes what is hostile.
            case "url": "https://127.0.0.1/hook"
            default: field.schema.example
            }
        }
    }

    // MARK: Queries

    /// Sends the same text in all fields of the query, those that refuse it left out of the next try.
    func queries(_ inputs: RouteInputs, _ text: String) async throws {
        var names = inputs.query
        while !names.isEmpty {
            let answer = try await send(inputs, query: names.map { "\($0)=\(text)" }.joined(separator: "&"))
            let refused = answer.status == 400 ? answer.json.object?.keys ?? [] : answer.status == 404 ? ["page"] : []
            let rest = names.filter { !refused.contains($0) }
            if rest.count == names.count { return }
            names = rest
        }
    }
}
