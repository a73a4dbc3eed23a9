import Platform

/// Holds the index against what it is made of and mends what differs: documents are split anew, passages that were lost
/// sight of wait for a vector again, and vectors in memory are read anew. What is in order keeps what it has.
///
/// It goes by slices and holds the writer for none of it long. The words of the full-text index cannot be compared so:
/// `jobraker index verify` does that.
///
/// A second run is harmless: it finds less to mend. Its key is its kind: one item waits at a time.
struct IndexCheckWork: Worker {
    static let kind = "retrieval.check"
    private static let writtenAtOnce = 100

    let database: Database
    let sources: [any DocumentSource]
    let vectors: VectorSearch
    let log: Log

    var kind: String { Self.kind }
    var queue: WorkQueueName { .index }
    var maximumAttempts: Int { 5 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let report = try await IndexCheck(database: database, sources: sources, vectors: vectors, comparesWords: false).run()
        if report.problemCount > 0 {
            log.warning(
                "The index differed from what it is made of, and is mended.",
                ["problems": .int(report.problemCount), "first": .string(report.problems.first ?? "")])
            try await mend(report)
        }
        return WorkOutcome { transaction in
            if try VectorStore.wanted(in: transaction) != nil, try VectorStore.waitingCount(in: transaction) > 0 {
                try transaction.enqueue(EmbedWork.order())
            }
            return [
                "documents": .integer(report.documents), "passages": .integer(report.passages), "vectors": .integer(report.vectors),
                "problem_count": .integer(report.problemCount), "problems": .list(Array(report.problems.prefix(10))),
            ]
        }
    }

    private func mend(_ report: IndexCheck.Report) async throws {
        for slice in report.broken.slices(of: Self.writtenAtOnce) {
            try await database.write { transaction in
                for document in slice { try DueTable.add(document.source, document.row, in: transaction) }
            }
        }
        if !report.broken.isEmpty { try await DocumentIndex(database: database, sources: sources).catchUp() }
        try await mendVectors()
        if report.differingInMemory > 0 { vectors.reload() }
    }

    /// What is wrong is looked for in reads, which hold up nobody.
    private func mendVectors() async throws {
        guard let wanted = try await database.scan({ try VectorStore.wanted(in: $0) }) else { return }
        let (wrong, both) = try await database.scan { reader in
            (try VectorStore.wrongLengths(of: wanted, in: reader), try VectorStore.waitingWithVector(of: wanted, in: reader))
        }
        for slice in wrong.slices(of: Self.writtenAtOnce) { try await database.write { try VectorStore.delete(slice, in: $0) } }
        for slice in both.slices(of: Self.writtenAtOnce) { try await database.write { try VectorStore.waitNoLonger(slice, in: $0) } }
        _ = try await LostPassages(database: database).letWait(Set(sources.map(\.source)), model: wanted.name)
    }
}
