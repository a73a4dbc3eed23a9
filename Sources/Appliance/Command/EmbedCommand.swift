import ArgumentParser
import Glibc
import Platform
import TextEncoder

/// `jobraker embed`: vectors for texts, with the installed model and without a server.
struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Turn texts into vectors: JSON Lines in, JSON Lines out.",
        discussion: """
            Each line in is an object with a "text"; the line out in its place is an object with its "vector", of length 1, and the \
            number of "tokens" that were read of it. The first line that is wrong ends it, with exit status 2 and the line's number.
            """)

    @OptionGroup var options: CommonOptions
    @Option(name: .long, help: "The file of texts; - reads standard input.")
    var input = "-"
    @Option(name: .long, help: "The file of vectors; - writes to standard output.")
    var output = "-"

    /// Texts that are encoded together: fewer when they are long.
    private static let batch = 64
    private static let batchBytes = 256 << 10

    func run() throws {
        do {
            let models = InstalledModels(in: try options.load().values.storage.directory)
            let encoder = try models.open(try models.find())
            let lines = try InputLines(input)
            let file = try ExportOutput(output)
            do {
                let count = try Self.encode(lines, with: encoder, to: file)
                try file.finish()
                // On standard output there is nothing but the vectors.
                if output != "-" { Terminal.print(options.json ? #"{"texts":\#(count)}"# : "texts: \(count) encoded to \(output)") }
            } catch {
                file.abandon()
                throw error
            }
        } catch let problem as ModelProblem {
            throw CommandRunner.exit(CommandFailure(Self.message(problem)))
        } catch let error as EncoderError {
            throw CommandRunner.exit(CommandFailure(error.message))
        } catch let failure as CommandFailure {
            throw CommandRunner.exit(failure)
        }
    }

    private static func message(_ problem: ModelProblem) -> String {
        guard case .notInstalled = problem else { return problem.message }
        return "\(problem.message); \"jobraker model install\" installs it"
    }

    private static func encode(_ lines: consuming InputLines, with encoder: MiniLM, to file: ExportOutput) throws -> Int {
        var (texts, size, count) = ([String](), 0, 0)
        func flush() throws {
            var text: [UInt8] = []
            for encoding in try encoder.encode(texts) {
                text += line(encoding)
                text.append(10)
            }
            try file.write(text)
            (texts, size, count) = ([], 0, count + texts.count)
        }
        do {
            while let line = try lines.next() {
                let text = try Self.text(of: line, number: lines.number, in: lines.name)
                texts.append(text)
                size += text.utf8.count
                if texts.count == batch || size > batchBytes { try flush() }
            }
        } catch {
            // What was right before the mistake is answered.
            try flush()
            throw error
        }
        try flush()
        return count
    }

    private static func text(of line: [UInt8], number: Int, in name: String) throws(CommandFailure) -> String {
        let value: JSONValue
        do { value = try JSONValue.parse(line) } catch { throw CommandFailure("\(name):\(number): \(error.reason)", exit: 2) }
        guard let text = value["text"]?.string else {
            throw CommandFailure("\(name):\(number): this is not an object with a \"text\" that is a string", exit: 2)
        }
        return text
    }

    private static func line(_ encoding: Encoding) -> [UInt8] {
        var writer = JSONWriter(reserving: 16 * encoding.vector.count)
        writer.object { writer in
            writer.key("vector")
            writer.array { writer in
                // The shortest text that reads back as the same number.
                for number in encoding.vector { writer.raw(number.description) }
            }
            writer.key("tokens")
            writer.int(encoding.tokens)
        }
        return writer.bytes
    }
}
