import Platform
import TestSupport
import Testing

@testable import Appliance

/// What somebody gets who names other people's rows: the same as for rows that nobody has, and nothing is changed.
extension IsolationWorld {
    /// Tries every route that names a thing of an account.
    func trespass(_ intruder: IsolatedPerson, on victim: IsolatedPerson) async throws {
        try await server.idle()
        let before = (try await intruder.everything(), try await victim.everything())
        for inputs in server.requestRoutes.map({ RouteInputs($0) }) where inputs.hasParameterInPath {
            guard let kind = OwnThings.kind(of: inputs.route.pattern) else {
                Issue.record("\(inputs.name): whose is what its path names? Say so in OwnThings.")
                continue
            }
            // Jobs are everybody's, mails the staff's, and to these all work is open.
            if inputs.isForStaff, intruder === staff { continue }
            guard ![.job, .mail].contains(kind), !victim.has(kind).isEmpty else { continue }
            let body = inputs.takesBody ? inputs.body([], others: { $0.name == "job_id" ? .string(self.jobs[0]) : $0.schema.example }) : nil
            let foreign = OwnThings.path(inputs.route.pattern, naming: dice.pick(victim.has(kind)))
            let unknown = OwnThings.path(inputs.route.pattern, naming: self.unknown(kind))
            try await expectSame(inputs.route.method, foreign, unknown, body, intruder, status: inputs.isForStaff ? 403 : 404)
        }
        for (path, field) in [("send", "content"), ("chat", "message_text")] where !victim.has(.session).isEmpty {
            func body(_ id: String) -> [UInt8] { Array(#"{"\#(field)":"\#(intruder.word)","session_id":"\#(id)"}"#.utf8) }
            let foreign = try await intruder.ask(
                "POST", "/api/v1/chat/\(path)/", bytes: body(dice.pick(victim.has(.session))), expecting: 404)
            let unknown = try await intruder.ask("POST", "/api/v1/chat/\(path)/", bytes: body(self.unknown(.session)), expecting: 404)
            #expect(foreign.body == unknown.body)
        }
        for saved in victim.has(.saved) where victim.jobs[saved].map({ !intruder.has(.saved, for: $0) }) ?? false {
            try await intruder.ask("DELETE", "/api/v1/jobs/jobs/\(victim.jobs[saved] ?? "")/unsave/", expecting: 404)
        }
        #expect(try await intruder.everything() == before.0, "\(intruder.user.email) on \(victim.user.email)")
        #expect(try await victim.everything() == before.1, "\(intruder.user.email) on \(victim.user.email)")
    }

    private func expectSame(
        _ method: String, _ foreign: String, _ unknown: String, _ body: [UInt8]?, _ intruder: IsolatedPerson, status: Int
    ) async throws {
        let first = try await intruder.ask(method, foreign, bytes: body, expecting: status)
        let second = try await intruder.ask(method, unknown, bytes: body, expecting: status)
        #expect(first.body == second.body, "\(method) \(foreign): \(first.text), but \(second.text) for what nobody has")
    }
}
