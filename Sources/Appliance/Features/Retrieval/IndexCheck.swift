import Platform

/// Holds the index against what it is made from: documents against their sources, words against passages, vectors
/// against passages, and the index in memory against the vectors.
struct IndexCheck: Sendable {
    /// What was looked at, and what is wrong.
    struct Report: Sendable, Equatable {
        var documents = 0
        var passages = 0
        var vectors = 0
        /// Vectors in memory; nil in a process that has none there.
        var inMemory: Int?
        var problems: [String] = []
        var problemCount = 0

        static let shown = 100

        mutating func note(_ problem: String) {
            problemCount += 1
            if problems.count < Self.shown { problems.append(problem) }
        }
    }

    let database: Database
    let sources: [any DocumentSource]
    let vectors: VectorSearch?

    func run() async throws -> Report {
        var report = try await database.scan { reader in
            var report = Report()
            try checkDocuments(in: reader, &report)
            try checkVectors(in: reader, &report)
            return report
        }
        do {
            try await database.write { try TextIndex.check(in: $0) }
        } catch StorageError.corrupt {
            report.note("the words of the full-text index are not those of the passages")
        }
        if let vectors, let differing = try await vectors.differences() {
            report.inMemory = vectors.shelves?.count ?? 0
            for passage in differing { report.note("passage \(passage): its vector in memory is not the one in the database") }
        }
        return report
    }

    private func checkDocuments(in reader: Reader, _ report: inout Report) throws {
        for source in sources {
            let name = source.source.rawValue
            let rows = try source.rowIDs(in: reader)
            var unexplained = Set(try PassageStore.sourceRowIDs(source.source, in: reader))
            for row in rows {
                let stored = try PassageStore.passages(of: source.source, row, in: reader)
                let document = try source.document(row, in: reader)
                unexplained.remove(row)
                guard let document else {
                    if !stored.isEmpty { report.note("\(name) \(row): it has passages and no text") }
                    continue
                }
                report.documents += 1
                report.passages += stored.count
                let expected = document.pieces
                let isEqual =
                    stored.count == expected.count
                    && zip(stored, expected).allSatisfy { passage, piece in
                        passage.title == document.title && passage.body == piece.text && passage.start == piece.start
                            && passage.end == piece.end
                    }
                if !isEqual { report.note("\(name) \(row): its passages are not those of its text") }
            }
            for row in unexplained.sorted() { report.note("\(name) \(row): there are passages of something that is gone") }
        }
    }

    private func checkVectors(in reader: Reader, _ report: inout Report) throws {
        report.vectors = Int(try VectorStore.counts(in: reader).reduce(0) { $0 + $1.count })
        for (passage, problem) in try VectorStore.faults(limit: Report.shown, in: reader) { report.note("passage \(passage): \(problem)") }
    }
}
