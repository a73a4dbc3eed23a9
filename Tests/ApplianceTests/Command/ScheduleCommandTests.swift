import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("schedule", .timeLimit(.minutes(1)))
struct ScheduleCommandTests {
    @Test("List and next work with and without a running server", arguments: [true, false])
    func looking(isRunning: Bool) async throws {
        let line = try CommandLine()
        try await line.with(server: isRunning) { () async throws in
            for words in [
                ["list"], ["list", "--json"], ["next"], ["next", "fetch_adzuna_jobs"],
                ["next", "fetch_adzuna_jobs", "--count", "3", "--json"],
            ] {
                #expect(try await line.run(all: ["schedule"] + words) == 0, "\(words)")
            }
            for words in [["next", "fetch_adzuna"], ["next", "--count", "0"], ["run", "fetch_adzuna"]] {
                #expect(try await line.run(all: ["schedule"] + words) == 2, "\(words)")
            }
        }
    }

    @Test("Run waits for its work on a running server, and its exit status says what came of it")
    func running() async throws {
        let line = try CommandLine()
        try await line.with(server: true) { () async throws in
            #expect(try await line.run("schedule", "run", "weekly_system_maintenance") == 0)
            #expect(try await line.run("schedule", "run", "fetch_adzuna_jobs") == 3)
            #expect(try await line.run("schedule", "run", "fetch_adzuna_jobs", "--json") == 3)
            #expect(try await line.run("schedule", "run", "fetch_adzuna_jobs", "--no-wait") == 0)
        }
    }

    @Test("On a stopped server what is run waits for its start")
    func stopped() async throws {
        let line = try CommandLine()
        #expect(try await line.run("schedule", "run", "weekly_system_maintenance") == 0)
        let done = "SELECT count(*) FROM work_items WHERE kind = 'admin.maintenance' AND state = 'succeeded'"
        #expect(try await line.count(done) == 0)
        try await TestAppliance.rerun(in: line.directory) { server in
            let isDone = try await eventually { try await server.count(done) == 1 }
            #expect(isDone)
        }
    }

    @Test("Slots are told on the clock of their zone, over a change of it")
    func slots() async throws {
        let settings = "[schedule]\nenabled = true\nfetch_adzuna_jobs = \"30 2 * * * Europe/Berlin\""
        let start = try #require(Timestamp(iso: "2026-03-28T00:00:00Z"))
        let directory = try TemporaryDirectory()
        let core = try Core(
            configuration: try TestAppliance.configuration(settings, in: directory).values, clock: ManualClock(start),
            random: SystemRandom(), log: Log(level: .error), hashing: .test)
        defer { core.close() }
        let request = ControlRequest(command: "schedule.next", arguments: ["name": "fetch_adzuna_jobs", "count": 3])
        let found = try await core.handle(request) { _ in }
        let expected: JSONValue = [
            "name": "fetch_adzuna_jobs", "timetable": "30 2 * * * Europe/Berlin",
            "slots": [
                ["at": "2026-03-28T01:30:00Z", "local": "2026-03-28 02:30 +01:00"],
                ["at": "2026-03-29T01:00:00Z", "local": "2026-03-29 03:00 +02:00"],
                ["at": "2026-03-30T00:30:00Z", "local": "2026-03-30 02:30 +02:00"],
            ],
        ]
        #expect(found == .array([expected]))
        #expect(
            ScheduleCommand.slots(expected) == """
                fetch_adzuna_jobs  30 2 * * * Europe/Berlin
                  2026-03-28 02:30 +01:00
                  2026-03-29 03:00 +02:00
                  2026-03-30 02:30 +02:00
                """)
        let all = try await core.handle(ControlRequest(command: "schedule.next", arguments: ["count": 1])) { _ in }
        #expect(all.array?.count == ScheduleName.allCases.count)
        let list = try await core.handle(ControlRequest(command: "schedule.list")) { _ in }.array ?? []
        #expect(list.map { $0["name"]?.string } == ScheduleName.allCases.map(\.rawValue))
        #expect(list.allSatisfy { $0["last"] == .null && $0["next"]?.string != nil })
    }

    @Test("A schedule, its slots and what came of a run read as lines for people")
    func words() {
        let schedule: JSONValue = [
            "name": "a", "timetable": "@daily UTC", "next": "2026-01-02T00:00:00Z",
            "last": ["ordered_at": "2026-01-01T00:00:01Z", "status": "SUCCESS", "outcome": "done"],
        ]
        #expect(ScheduleCommand.line(schedule) == "a  @daily UTC  next 2026-01-02T00:00:00Z  last 2026-01-01T00:00:01Z done")
        #expect(ScheduleCommand.line(["name": "a", "timetable": .null, "next": .null, "last": .null]) == "a  off")
        #expect(ScheduleCommand.slots(["name": "a", "timetable": "@daily UTC", "slots": [["local": "x"]]]) == "a  @daily UTC  x")
        #expect(ScheduleCommand.slots(["name": "a", "timetable": .null, "slots": []]) == "a  off")
        func expect(_ result: JSONValue, _ words: String, _ status: Int32) {
            #expect(ScheduleCommand.verdict(result, of: "a") == words)
            #expect(ScheduleCommand.exitStatus(of: result) == status)
        }
        expect(["status": "SUCCESS", "outcome": "done", "result": ["n": 1]], #"a: done {"n":1}"#, 0)
        expect(
            ["status": "SUCCESS", "outcome": "not_configured", "result": ["missing": ["x", "y"]]],
            "a: not_configured, missing: x; y", 3)
        expect(["status": "FAILURE", "outcome": "failed", "error": "It\u{1B} broke."], "a failed: It? broke.", 1)
        expect(["status": "RETRY", "outcome": .null, "error": "Busy."], "a failed: Busy.; it is tried again", 1)
        expect(["task_id": "t", "is_running": true], "a is ordered as task t", 0)
        expect(["task_id": "t", "is_running": false], "a is ordered as task t and runs when the server starts", 0)
    }
}
