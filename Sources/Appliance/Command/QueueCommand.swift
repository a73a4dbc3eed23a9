import ArgumentParser
import Platform

/// `jobraker queue`: the background work, by the operator.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Look at the background work, and take a hand in it.",
        discussion: """
            Works with the server running or stopped. The queues are ai, webhook, mail, ingest, index and maintenance.
            """,
        subcommands: [Status.self, List.self, Show.self, Retry.self, Cancel.self, Purge.self, Pause.self, Resume.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How much is in each queue, and how late it is.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "queue.status"))
            if options.json { return Terminal.print(result.jsonText) }
            for queue in result.array ?? [] { Terminal.print(QueueCommand.line(ofQueue: queue)) }
        }
    }

    /// Which items are meant.
    struct Selection: ParsableArguments {
        @Option(name: .long, help: "Only those of this queue.")
        var queue: String?
        @Option(name: .long, help: "Only those of this kind: chat.answer, …")
        var kind: String?

        func add(to arguments: inout JSONObject) {
            if let queue { arguments.append("queue", .string(queue)) }
            if let kind { arguments.append("kind", .string(kind)) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List pieces of work, the newest first: what waits, runs or failed for good.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var selection: Selection
        @Option(name: .long, help: "Only those in this state: pending, running, retry, succeeded, dead or cancelled.")
        var state: String?
        @Flag(name: .long, help: "Only those that were running at the end of the process twice, and wait.")
        var quarantined = false
        @Option(name: .long, help: "How many are shown: 1 to 10000.")
        var limit = 50

        func run() async throws {
            var arguments = JSONObject([("limit", .integer(limit)), ("quarantined", .bool(quarantined))])
            selection.add(to: &arguments)
            if let state { arguments.append("state", .string(state)) }
            let request = ControlRequest(command: "queue.list", arguments: .object(arguments))
            let result = try await CommandRunner(options: options).run(request)
            if options.json { return Terminal.print(result.jsonText) }
            for item in result.array ?? [] { Terminal.print(QueueCommand.line(of: item)) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything about one piece of work, as JSON.",
            discussion: "Also what is to be done and what came of it, which may be an account's own words.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The work's id, which the API calls task_id.")
        var id: String

        func run() async throws {
            let result = try await CommandRunner(options: options).run(QueueCommand.request("queue.show", id: id))
            if options.json { return Terminal.print(result.jsonText) }
            for member in result.object?.members ?? [] { Terminal.print("\(member.key): \(PrintableText.clean(member.value.jsonText))") }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have work run again at once, as if it had never been tried.",
            discussion: "One by its id, or with --dead all that failed for good. What is in quarantine leaves it.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var selection: Selection
        @Argument(help: "The work's id.")
        var id: String?
        @Flag(name: .long, help: "All that failed for good.")
        var dead = false

        func run() async throws { try await QueueCommand.change("queue.retry", id, dead, selection, options) }
    }

    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget work that failed for good or was cancelled.",
            discussion: "One by its id, or with --dead all that failed for good. Without this it is kept for queue.keep_dead_days.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var selection: Selection
        @Argument(help: "The work's id.")
        var id: String?
        @Flag(name: .long, help: "All that failed for good.")
        var dead = false

        func run() async throws { try await QueueCommand.change("queue.purge", id, dead, selection, options) }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call a piece of work off.",
            discussion: "What runs is told to stop, and nothing of what it did is kept; it may take a moment.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The work's id.")
        var id: String

        func run() async throws {
            let result = try await CommandRunner(options: options).run(QueueCommand.request("queue.cancel", id: id))
            Terminal.print(options.json ? result.jsonText : QueueCommand.line(of: result))
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take nothing more from a queue, also after a restart; what runs is finished.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The queue.")
        var queue: String

        func run() async throws { try await QueueCommand.turn("queue.pause", queue, options) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take from a paused queue again.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The queue.")
        var queue: String

        func run() async throws { try await QueueCommand.turn("queue.resume", queue, options) }
    }
}
