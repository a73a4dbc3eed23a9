import ArgumentParser
import Platform

/// `jobraker index`: what can be found, and whether it is in order.
struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "The index of passages and vectors behind search and the assistant.",
        discussion: "Works with the server running or stopped; only a running server has vectors in memory and embeds.",
        subcommands: [Status.self, Rebuild.self, Verify.self, Search.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How much is indexed, by which model, and what waits.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "index.status"))
            Terminal.print(options.json ? result.jsonText : IndexCommand.text(of: result))
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make words and passages anew from what they are made of.",
            discussion: "What has not changed keeps its vector. Writers wait while the words are indexed.")

        @OptionGroup var options: CommonOptions
        @Flag(name: .long, help: "Also make all vectors anew, in the background.")
        var vectors = false

        func run() async throws {
            let request = ControlRequest(command: "index.rebuild", arguments: ["vectors": .bool(vectors)])
            let result = try await CommandRunner(options: options).run(request)
            Terminal.print(options.json ? result.jsonText : IndexCommand.text(of: result))
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold the index against what it is made of; exit 1 if anything differs.",
            discussion: """
                Passages against their texts, words against passages, vectors against passages, and on a running server the \
                vectors in memory against those in the database. Writers wait while the words are compared.
                """)

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "index.verify"))
            let count = result["problem_count"]?.int ?? 0
            for problem in result["problems"]?.array ?? [] { Terminal.error(problem.string ?? "") }
            Terminal.print(options.json ? result.jsonText : IndexCommand.verdict(of: result))
            if count > 0 { throw ExitCode(1) }
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for public passages, as the assistant does.",
            discussion: "Without a question on the command line, reads one a line from standard input.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The question.")
        var question: String?
        @Option(name: .long, help: "hybrid, text or semantic.")
        var mode = RetrievalMode.hybrid.rawValue
        @Option(name: .long, help: "How many passages are shown: 1 to 50.")
        var limit = 10

        func run() async throws {
            var questions = question ?? ""
            if question == nil { while let line = readLine() { questions += line + "\n" } }
            let request = ControlRequest(
                command: "index.search", arguments: ["mode": .string(mode), "limit": .integer(limit)], payload: Array(questions.utf8))
            let result = try await CommandRunner(options: options).run(request)
            if options.json { return Terminal.print(result.jsonText) }
            for answer in result.array ?? [] {
                if question == nil { Terminal.print(PrintableText.clean(answer["question"]?.string ?? "")) }
                for found in answer["results"]?.array ?? [] { Terminal.print(IndexCommand.line(found)) }
            }
        }
    }

    static func text(of status: JSONValue) -> String {
        func number(_ key: String) -> Int { status[key]?.int ?? 0 }
        var lines = ["\(number("documents")) documents in \(number("passages")) passages"]
        if number("documents_due") > 0 { lines.append("\(number("documents_due")) documents are still to be indexed anew") }
        let serving = status["serving_model"]?["name"]?.string
        let wanted = status["wanted_model"]?["name"]?.string
        for vectors in status["vectors"]?.array ?? [] {
            let model = vectors["model"]?.string ?? ""
            let role = model == serving ? "searched" : model == wanted ? "being made" : "unused"
            lines.append("\(vectors["count"]?.int ?? 0) vectors of \(PrintableText.clean(model)), \(role)")
        }
        if wanted != nil { lines.append("\(number("waiting")) passages wait for a vector, \(number("refused")) were refused one") }
        if let bytes = status["memory"]?["bytes"]?.int {
            lines.append("\(status["memory"]?["vectors"]?.int ?? 0) vectors in memory, \(bytes) bytes")
        }
        if let notice = status["notice"]?.string { lines.append("search is by words: \(notice)") }
        return lines.joined(separator: "\n")
    }

    static func verdict(of report: JSONValue) -> String {
        let count = report["problem_count"]?.int ?? 0
        var text =
            "\(report["documents"]?.int ?? 0) documents, \(report["passages"]?.int ?? 0) passages, \(report["vectors"]?.int ?? 0) vectors"
        if let inMemory = report["in_memory"]?.int { text += ", \(inMemory) of them in memory" }
        return text + (count == 0 ? ": all in order" : ": \(count) \(count == 1 ? "problem" : "problems")")
    }

    /// One passage for the terminal: its score, whether it is an answer, and where it is.
    static func line(_ found: JSONValue) -> String {
        let place = "\(found["source_type"]?.string ?? "") \(found["source_id"]?.string ?? "")"
        let bytes = "\(found["start"]?.int ?? 0)-\(found["end"]?.int ?? 0)"
        let mark = found["is_answer"]?.bool == true ? "+" : "-"
        return "\(mark) \(found["score"]?.double ?? 0) \(place) \(bytes) \(PrintableText.clean(found["title"]?.string ?? ""))"
    }
}
