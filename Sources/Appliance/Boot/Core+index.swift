import Platform
import Synchronization

/// The `index` commands. They work with and without a running server; only a running one has vectors in memory.
extension Core {
    func index(_ request: ControlRequest, _ progress: @escaping @Sendable (CommandProgress) -> Void) async throws -> JSONValue {
        switch request.command {
        case "index.status": return try await indexStatus()
        case "index.rebuild": return try await rebuildIndex(request.arguments, progress)
        case "index.verify": return try await verifyIndex()
        case "index.search": return try await searchIndex(request)
        default: throw CommandFailure("unknown command \"\(request.command)\": this server is of another release", exit: 2)
        }
    }

    private func indexStatus() async throws -> JSONValue {
        let status = try await database.scan { try IndexStatus.read(in: $0) }
        let shelves = retrieval.current?.vectors?.shelves
        return status.json(memory: shelves.map { ($0.count, $0.bytes) }, notice: embeddingNotice)
    }

    /// Why search is by words although the configuration asks for more.
    private var embeddingNotice: String? {
        embeddings == .local && !LocalModel.isInstalled(in: directory.path) ? LocalModel.missing : nil
    }

    private func rebuildIndex(_ arguments: JSONValue, _ progress: @escaping @Sendable (CommandProgress) -> Void) async throws -> JSONValue {
        let most = Atomic<Int>(0)
        try await DocumentIndex(database: database, sources: Parts.documentSources).rebuild(vectors: arguments["vectors"]?.bool ?? false) {
            left in
            let total = max(most.load(ordering: .relaxed), left)
            most.store(total, ordering: .relaxed)
            progress(CommandProgress(step: "documents", done: total - left, total: total))
        }
        retrieval.current?.vectors?.reload()
        return try await indexStatus()
    }

    private func verifyIndex() async throws -> JSONValue {
        let report = try await IndexCheck(database: database, sources: Parts.documentSources, vectors: retrieval.current?.vectors).run()
        return [
            "documents": .integer(report.documents), "passages": .integer(report.passages), "vectors": .integer(report.vectors),
            "in_memory": report.inMemory.map { .integer($0) } ?? .null, "problem_count": .integer(report.problemCount),
            "problems": .list(report.problems),
        ]
    }

    /// The payload is a question a line. It answers with what would be found among public passages, best first, and whether
    /// each is near enough to be an answer: for trying out, and for measuring.
    private func searchIndex(_ request: ControlRequest) async throws -> JSONValue {
        guard let mode = RetrievalMode(rawValue: request.arguments["mode"]?.string ?? RetrievalMode.hybrid.rawValue) else {
            throw CommandFailure("the mode must be one of \(RetrievalMode.allCases.map(\.rawValue).joined(separator: ", "))", exit: 2)
        }
        guard let limit = request.arguments["limit"]?.int, (1...Retriever.candidates).contains(limit) else {
            throw CommandFailure("the limit must be 1 to \(Retriever.candidates)", exit: 2)
        }
        let retriever = retrieval.current ?? Retriever(database: database, vectors: nil)
        if mode == .semantic, retriever.vectors?.model == nil {
            throw CommandFailure("nothing embeds questions here: search by meaning takes a running server with an embedding model")
        }
        var answers: [JSONValue] = []
        for question in String(decoding: request.payload, as: UTF8.self).split(separator: "\n") {
            try Task.checkCancellation()
            let found = try await retriever.rank(String(question), in: .everybodys, mode: mode)
            answers.append(["question": .string(String(question)), "results": .array(found.prefix(limit).map(Self.json))])
        }
        return .array(answers)
    }

    private static func json(_ found: Retriever.Ranked) -> JSONValue {
        var object = found.passage.citation
        object.append("score", .decimal((found.score * 10_000).rounded() / 10_000))
        object.append("is_answer", .bool(found.isAnswer))
        return .object(object)
    }
}

/// The search of a server, once it runs.
final class LateRetriever: Sendable {
    private let retriever: Mutex<Retriever?> = Mutex(nil)

    var current: Retriever? { retriever.withLock { $0 } }

    func become(_ new: Retriever) { retriever.withLock { $0 = new } }
}
