import ArgumentParser
import Platform

/// `jobraker schedule`: what the server does by itself, when, and what came of it.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "What the server does by itself, and when.",
        discussion: "Works with the server running or stopped; only a running server works. Times and switches are in [schedule].",
        subcommands: [List.self, Next.self, Run.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All schedules: when each runs, when next, and what came of its last run.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "schedule.list"))
            Terminal.print(options.json ? result.jsonText : (result.array ?? []).map(ScheduleCommand.line).joined(separator: "\n"))
        }
    }

    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "next", abstract: "When one schedule runs next, or all; on the clock of its time zone.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The schedule's name; without one, all of them.")
        var name: String?
        @Option(name: .long, help: "How many slots are shown of each: 1 to 1000. Without it 5 of one, or 1 of each.")
        var count: Int?

        func run() async throws {
            var arguments = JSONObject([("count", .integer(count ?? (name == nil ? 1 : 5)))])
            if let name { arguments.append("name", .string(name)) }
            let request = ControlRequest(command: "schedule.next", arguments: .object(arguments))
            let result = try await CommandRunner(options: options).run(request)
            Terminal.print(options.json ? result.jsonText : (result.array ?? []).map(ScheduleCommand.slots).joined(separator: "\n"))
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Run a schedule's work now, whether it is on or off, and show what came of it.",
            discussion: """
                Exit 0 when it is done, 1 when it failed, 3 when it needs something that is not configured. Its slots run all the \
                same. With the server stopped it is ordered, and runs at the next start.
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The schedule's name.")
        var name: String
        @Flag(name: .long, help: "Order it, and do not wait for it.")
        var noWait = false

        func run() async throws {
            let result = try await CommandRunner(options: options).converse { call in
                let progress = ProgressLine()
                let ordered = try await call(ControlRequest(command: "schedule.run", arguments: ["name": .string(name)]), progress)
                guard !noWait, ordered["is_running"]?.bool == true, let task = ordered["task_id"] else { return ordered }
                while true {
                    let request = ControlRequest(command: "schedule.outcome", arguments: ["task_id": task])
                    let outcome = try await call(request, progress)
                    if outcome["is_final"]?.bool == true || outcome["status"]?.string == WorkItem.State.retry.status { return outcome }
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            Terminal.print(options.json ? result.jsonText : ScheduleCommand.verdict(result, of: name))
            let status = ScheduleCommand.exitStatus(of: result)
            if status != 0 { throw ExitCode(status) }
        }
    }

    // MARK: Words

    /// `fetch_adzuna_jobs  0 */4 * * * UTC  next 2026-11-26T12:00:00Z  last 2026-11-26T08:00:01Z not_configured`
    static func line(_ schedule: JSONValue) -> String {
        var parts = [schedule["name"]?.string ?? "", schedule["timetable"]?.string ?? "off"]
        if let next = schedule["next"]?.string { parts.append("next \(next)") }
        if let last = schedule["last"], let at = last["ordered_at"]?.string {
            parts.append("last \(at) \(last["outcome"]?.string ?? last["status"]?.string ?? "forgotten")")
        }
        return parts.joined(separator: "  ")
    }

    /// A schedule with its slots, or on one line with the only one.
    static func slots(_ schedule: JSONValue) -> String {
        let times = (schedule["slots"]?.array ?? []).compactMap { $0["local"]?.string }
        let head = "\(schedule["name"]?.string ?? "")  \(schedule["timetable"]?.string ?? "off")"
        return times.count == 1 ? "\(head)  \(times[0])" : ([head] + times.map { "  " + $0 }).joined(separator: "\n")
    }

    static func verdict(_ result: JSONValue, of name: String) -> String {
        guard let status = result["status"]?.string else {
            let task = result["task_id"]?.string ?? ""
            return result["is_running"]?.bool == true
                ? "\(name) is ordered as task \(task)" : "\(name) is ordered as task \(task) and runs when the server starts"
        }
        if result["outcome"]?.string == WorkOutcome.notConfigured {
            let missing = (result["result"]?["missing"]?.array ?? []).compactMap(\.string)
            return "\(name): \(WorkOutcome.notConfigured), missing: \(missing.joined(separator: "; "))"
        }
        guard let error = result["error"]?.string else {
            return "\(name): \(result["outcome"]?.string ?? status) \(result["result"]?.jsonText ?? "")"
        }
        let again = status == WorkItem.State.retry.status ? "; it is tried again" : ""
        return "\(name) failed: \(PrintableText.clean(error))\(again)"
    }

    static func exitStatus(of result: JSONValue) -> Int32 {
        guard result["status"] != nil else { return 0 }
        switch result["outcome"]?.string {
        case "done": return 0
        case WorkOutcome.notConfigured: return 3
        default: return 1
        }
    }
}
