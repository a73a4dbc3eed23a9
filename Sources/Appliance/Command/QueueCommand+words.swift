import ArgumentParser
import Platform

/// What the `queue` commands have in common, and their words.
extension QueueCommand {
    static func request(_ command: String, id: String) -> ControlRequest {
        ControlRequest(command: command, arguments: .object(JSONObject([("id", .string(id))])))
    }

    /// Does something to one item, or to all that is dead.
    static func change(_ command: String, _ id: String?, _ dead: Bool, _ selection: Selection, _ options: CommonOptions) async throws {
        guard (id == nil) == dead else {
            throw CommandRunner.exit(CommandFailure("name either one piece of work by its id, or all that failed with --dead", exit: 2))
        }
        var arguments = JSONObject([("dead", .bool(dead))])
        if let id { arguments.append("id", .string(id)) }
        selection.add(to: &arguments)
        let result = try await CommandRunner(options: options).run(ControlRequest(command: command, arguments: .object(arguments)))
        if options.json { return Terminal.print(result.jsonText) }
        Terminal.print(result["tasks"]?.int.map { "\($0) \($0 == 1 ? "piece" : "pieces") of work" } ?? line(of: result))
    }

    static func turn(_ command: String, _ queue: String, _ options: CommonOptions) async throws {
        let arguments = JSONValue.object(JSONObject([("queue", .string(queue))]))
        let result = try await CommandRunner(options: options).run(ControlRequest(command: command, arguments: arguments))
        Terminal.print(options.json ? result.jsonText : line(ofQueue: result))
    }

    /// `ai: 3 waiting, 1 running, 0 dead, the longest due for 12 s, paused`.
    static func line(ofQueue queue: JSONValue) -> String {
        func number(_ key: String) -> Int { queue[key]?.int ?? 0 }
        var line = "\(queue["queue"]?.string ?? ""): \(number("waiting")) waiting, \(number("running")) running, \(number("dead")) dead"
        if number("quarantined") > 0 { line += ", \(number("quarantined")) in quarantine" }
        if number("oldest_seconds") > 0 { line += ", the longest due for \(number("oldest_seconds")) s" }
        if queue["is_paused"]?.bool == true { line += ", paused" }
        return line
    }

    /// `ID chat.answer (ai) dead after 3 attempts, ordered 2026-11-25 10:00 UTC: provider_failed The assistant's …`.
    static func line(of item: JSONValue) -> String {
        let (attempts, state) = (item["attempts"]?.int ?? 0, item["state"]?.string ?? "")
        var line = "\(item["task_id"]?.string ?? "") \(PrintableText.clean(item["kind"]?.string ?? ""))"
        if let queue = item["queue"]?.string { line += " (\(PrintableText.clean(queue)))" }
        line += " \(state) after \(attempts) \(attempts == 1 ? "attempt" : "attempts"), ordered \(minute(item["created_at"]))"
        if ["pending", "retry"].contains(state) { line += ", due \(minute(item["run_at"]))" }
        if item["is_quarantined"]?.bool == true { line += ", in quarantine" }
        if item["is_cancel_asked"]?.bool == true, state == "running" { line += ", told to stop" }
        if let code = item["error_code"]?.string {
            line += ": \(PrintableText.clean(code)) \(PrintableText.clean(item["error"]?.string ?? ""))"
        }
        return line
    }

    private static func minute(_ time: JSONValue?) -> String {
        time?.string.flatMap { Timestamp(iso: $0) }.map { "\($0.minuteText) UTC" } ?? ""
    }
}
