import Platform
import TestSupport
import Testing

@testable import Appliance

/// An appliance and a receiver on this machine, to which it may send what goes to targets.
final class TargetWorld {
    static let path = "/api/v1/notifications/targets/"

    let server: TestAppliance
    let receiver: LoopbackServer
    private(set) var ada: TestUser

    private init(_ server: TestAppliance, _ receiver: LoopbackServer) async throws {
        (self.server, self.receiver) = (server, receiver)
        ada = try await server.register()
    }

    /// The receiver answers with these statuses in turn, and then with the last of them. `headers` go with each that is no
    /// success.
    static func run(
        answering statuses: [Int] = [204], _ headers: [String: String] = [:], settings: String = "",
        _ body: (TargetWorld) async throws -> Void
    ) async throws {
        let answers = LockedList(Array(statuses.dropLast()))
        let last = statuses.last ?? 204
        try await LoopbackServer.with { connection, _ in
            let status = answers.next() ?? last
            connection.respond(status, status < 300 ? [:] : headers)
        } _: { receiver in
            try await TestAppliance.run(settings: "[notifications]\nallow_private_targets = true\n\(settings)") { server in
                try await body(try await TargetWorld(server, receiver))
            }
        }
    }

    // MARK: Targets

    /// A target as the answer to its creation shows it.
    @discardableResult
    func make(_ kind: String = "webhook", _ more: String = "", path: String = "/hook", of user: TestUser? = nil) async throws -> JSONValue {
        let body = #"{"kind":"\#(kind)","name":"My \#(kind)","url":"\#(receiver.url)\#(path)"\#(more)}"#
        let answer = try await (user ?? ada).post(Self.path, body)
        #expect(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    func show(_ target: JSONValue) async throws -> JSONValue { try await ada.get(Self.one(target)).json }

    static func one(_ target: JSONValue) -> String { "\(path)\(target["id"]?.string ?? "none")/" }

    func deliveries(_ target: JSONValue, _ query: String = "") async throws -> [JSONValue] {
        try await ada.get("\(Self.one(target))deliveries/\(query)").json["results"]?.array ?? []
    }

    // MARK: Waiting

    /// Waits until the receiver has heard so many requests, and returns them.
    func received(_ count: Int) async throws -> [ReceivedRequest] {
        #expect(try await eventually { receiver.requests.count >= count })
        #expect(receiver.requests.count == count)
        return receiver.requests
    }

    /// Waits until nothing is left that the queue could do now. Only then may the clock be moved.
    func idle() async throws {
        let due = "SELECT count(*) FROM work_items WHERE state = 'running' OR (state IN ('pending', 'retry') AND run_at <= $1)"
        let isIdle = try await eventually {
            // What a piece of work has ordered meanwhile is due a moment later.
            let moment = server.clock.now().adding(microseconds: 200_000)
            return try await server.database.scan { try $0.int(due, moment) == 0 }
        }
        #expect(isIdle)
    }

    /// Moves the clock, lets the queue look, and waits until it has done what was due. The old token may have expired.
    func advance(seconds: Int) async throws {
        try await idle()
        server.clock.advance(seconds: seconds)
        server.appliance.parts.queue.wake()
        try await idle()
        let tokens = try TokenAnswer(try await server.login(ada.email, ada.password))
        ada = TestUser(
            server: server, id: ada.id, email: ada.email, password: ada.password, access: tokens.access, refresh: tokens.refresh)
    }

    func result(of task: JSONValue) async throws -> JSONValue {
        let id = task["task_id"]?.string ?? "none"
        var report = JSONValue.null
        let isDone = try await eventually {
            report = try await ada.get("/api/v1/tasks/\(id)/").json
            return report["status"] == "SUCCESS"
        }
        #expect(isDone, "\(report)")
        return report["result"] ?? .null
    }
}

extension ReceivedRequest {
    var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }

    /// Whether one of its signatures is what a holder of this secret expects.
    func isSigned(with secret: JSONValue?) -> Bool {
        guard let secret = secret?.string,
            let own = PlainHMAC.signature(
                secret, id: headers["webhook-id"] ?? "", timestamp: headers["webhook-timestamp"] ?? "", body: body)
        else { return false }
        return headers["webhook-signature"]?.split(separator: " ").contains { $0 == own } ?? false
    }
}
