import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("queue", .timeLimit(.minutes(1)))
struct QueueCommandTests {
    private static func ask(_ line: CommandLine, _ command: String, _ arguments: [(String, JSONValue)] = []) async throws -> JSONValue {
        let options = try CommonOptions.parse(["--config", line.path("config.toml")])
        return try await CommandRunner(options: options).run(
            ControlRequest(command: command, arguments: .object(JSONObject(arguments))))
    }

    private static func ids(_ items: JSONValue) -> [String] { (items.array ?? []).compactMap { $0["task_id"]?.string } }

    /// A data directory in which a server has been, and then three pieces of work: one dead, one that waits, and one
    /// that waits in quarantine. Their ids.
    private static func fill(_ line: CommandLine) async throws -> [String] {
        let ids = try await TestAppliance.rerun(in: line.directory) { server in
            // Kinds of which this release knows nothing run nowhere; the queue is the one that some other release said.
            try await server.database.write { transaction in
                try transaction.execute("INSERT INTO work_kinds (kind, queue) VALUES ('old', 'mail')")
                let ids = try (0..<3).map { number in
                    try transaction.enqueue(WorkOrder("old", payload: ["n": .integer(number)], uniqueKey: "\(number)"))
                }
                try transaction.execute(
                    """
                    UPDATE work_items SET state = 'dead', is_ready = 0, attempts = 20, error_code = 'gone', error = 'It is gone.',
                        finished_at = $1 WHERE id = $2
                    """, transaction.now, ids[0])
                try transaction.execute("UPDATE work_items SET interruptions = 2, is_ready = 0 WHERE id = $1", ids[2])
                return ids.map(\.description)
            }
        }
        _ = try await eventually { (try? DataDirectory(locking: line.path("data"))) != nil }
        return ids
    }

    @Test("Work is listed, shown, tried again, called off and forgotten, with and without a server", arguments: [true, false])
    func items(isRunning: Bool) async throws {
        let line = try CommandLine()
        let ids = try await Self.fill(line)
        try await line.with(server: isRunning) { () async throws in
            #expect(Self.ids(try await Self.ask(line, "queue.list")) == [ids[2], ids[1], ids[0]])
            #expect(Self.ids(try await Self.ask(line, "queue.list", [("quarantined", true)])) == [ids[2]])
            #expect(try await Self.ask(line, "queue.list", [("state", "dead"), ("queue", "mail")]).array?.count == 1)
            #expect(try await Self.ask(line, "queue.list", [("queue", "ai")]).array?.count == 0)
            let shown = try await Self.ask(line, "queue.show", [("id", .string(ids[0]))])
            #expect(shown["payload"] == ["n": 0] && shown["unique_key"] == "0" && shown["result"] == .null && shown["attempts"] == 20)
            #expect(try await line.run("queue", "show", ids[0]) == 0)
            #expect(try await line.run("queue", "list", "--state", "dead", "--limit", "5") == 0)

            #expect(try await line.run("queue", "retry", ids[0]) == 0)
            #expect(try await line.run("queue", "retry", ids[2], "--json") == 0)
            let open = try await Self.ask(line, "queue.list").array ?? []
            #expect(open.allSatisfy { $0["state"] == "pending" && $0["attempts"] == 0 && $0["is_quarantined"] == false })
            #expect(try await line.run("queue", "purge", ids[0]) == 1)
            #expect(try await line.run("queue", "cancel", ids[0]) == 0)
            #expect(try await line.run("queue", "cancel", ids[0]) == 1)
            #expect(try await line.run("queue", "purge", ids[0]) == 0)
            #expect(try await line.run("queue", "show", ids[0]) == 1)
            #expect(try await line.run("queue", "purge", "--dead") == 0)
            #expect(try await Self.ask(line, "queue.list").array?.count == 2)
        }
    }

    @Test("Queues are paused, resumed and told of, with and without a server", arguments: [true, false])
    func queues(isRunning: Bool) async throws {
        let line = try CommandLine()
        _ = try await Self.fill(line)
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("queue", "pause", "ai") == 0)
            #expect(try await line.run("queue", "pause", "ai", "--json") == 0)
            #expect(try await line.run("queue", "status") == 0)
            let queues = try await Self.ask(line, "queue.status").array ?? []
            #expect(queues.map { $0["queue"] } == WorkQueueName.allCases.map { .string($0.rawValue) })
            #expect(queues.filter { $0["is_paused"] == true }.map { $0["queue"] } == ["ai"])
            let mail = queues.first { $0["queue"] == "mail" }
            #expect(mail?["waiting"] == 2 && mail?["dead"] == 1 && mail?["quarantined"] == 1)
            #expect(mail?["kinds"]?.array?.contains("old") == true)
            #expect(try await line.run("queue", "resume", "ai") == 0)
            #expect(try await Self.ask(line, "queue.status").array?.contains { $0["is_paused"] == true } == false)
        }
    }

    @Test("What is wrong decides the exit status: 2 for the input, 1 for work that is not there")
    func mistakes() async throws {
        let line = try CommandLine()
        #expect(try await line.run("queue", "pause", "attic") == 2)
        #expect(try await line.run("queue", "list", "--state", "lost") == 2)
        #expect(try await line.run("queue", "list", "--limit", "0") == 2)
        #expect(try await line.run("queue", "retry") == 2)
        #expect(try await line.run("queue", "retry", "x", "--dead") == 2)
        #expect(try await line.run("queue", "retry", "7") == 2)
        #expect(try await line.run("queue", "cancel", "00000000-0000-7000-8000-000000000000") == 1)
    }

    @Test("A piece of work and a queue are a line each, in which no foreign text can steer the terminal")
    func words() {
        let item: JSONValue = [
            "task_id": "01a2", "kind": "chat.answer", "queue": "ai", "state": "retry", "attempts": 1, "created_at": "2026-11-25T10:00:00Z",
            "run_at": "2026-11-25T10:05:00Z", "is_quarantined": true, "error_code": "busy", "error": "No\u{1B}[2J.",
        ]
        #expect(
            QueueCommand.line(of: item)
                == "01a2 chat.answer (ai) retry after 1 attempt, ordered 2026-11-25 10:00 UTC, due 2026-11-25 10:05 UTC, "
                + "in quarantine: busy No?[2J.")
        let queue: JSONValue = [
            "queue": "mail", "waiting": 3, "running": 1, "dead": 2, "quarantined": 0, "oldest_seconds": 12, "is_paused": true,
        ]
        #expect(QueueCommand.line(ofQueue: queue) == "mail: 3 waiting, 1 running, 2 dead, the longest due for 12 s, paused")
    }
}
