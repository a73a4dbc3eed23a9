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

        /// What is to be made anew, as far as it is known.
        var broken: [Broken] = []
        /// Vectors in memory that are not those in the database.
        var differingInMemory = 0

        static let shown = 100
        private static let remembered = 10_000

        mutating func note(_ problem: String, _ document: Broken? = nil) {
            problemCount += 1
            if problems.count < Self.shown { problems.append(problem) }
            if let document, broken.count < Self.remembered { broken.append(document) }
        }
    }

    /// A document whose passages are not what they should be.
    struct Broken: Sendable, Hashable {
        let source: Passage.Source
        let row: Int64
    }

    let database: Database
    let sources: [any DocumentSource]
    let vectors: VectorSearch?
    /// Whether the words of the full-text index are compared too: writers wait for it.
    var comparesWords = true

    /// Documents that are looked at in one read.
    private static let slice = 200

    func run() async throws -> Report {
        var report = Report()
        for source in sources { try await checkDocuments(of: source, &report) }
        report = try await database.scan { [report] reader in
            var report = report
            try checkVectors(in: reader, &report)
            return report
        }
        if comparesWords {
            do {
                try await database.write { try TextIndex.check(in: $0) }
            } catch StorageError.corrupt {
                report.note("the words of the full-text index are not those of the passages")
            }
        }
        if let vectors, let differing = try await vectors.differences() {
            report.inMemory = vectors.shelves?.count ?? 0
            report.differingInMemory = differing.count
            for passage in differing { report.note("passage \(passage): its vector in memory is not the one in the database") }
        }
        return report
    }

    /// Slice by slice, so that no read lasts long. What comes or goes meanwhile is looked at as it then is.
    private func checkDocuments(of source: any DocumentSource, _ report: inout Report) async throws {
        let (rows, split) = try await database.scan { reader in
            (try source.rowIDs(in: reader), Set(try PassageStore.sourceRowIDs(source.source, in: reader)))
        }
        let known = Set(rows)
        for slice in (rows + split.subtracting(known).sorted()).slices(of: Self.slice) {
            try Task.checkCancellation()
            report = try await database.scan { [report] reader in
                var report = report
                for row in slice { try check(source, row, isKnown: known.contains(row), in: reader, &report) }
                return report
            }
        }
    }

    private func check(_ source: any DocumentSource, _ row: Int64, isKnown: Bool, in reader: Reader, _ report: inout Report) throws {
        let stored = try PassageStore.passages(of: source.source, row, in: reader)
        guard let document = try source.document(row, in: reader) else {
            if !stored.isEmpty || !isKnown {
                let problem = isKnown ? "it has passages and no text" : "there are passages of something that is gone"
                report.note("\(source.source.rawValue) \(row): \(problem)", Broken(source: source.source, row: row))
            }
            return
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
        if !isEqual {
            let problem = "its passages are not those of its text"
            report.note("\(source.source.rawValue) \(row): \(problem)", Broken(source: source.source, row: row))
        }
    }

    private func checkVectors(in reader: Reader, _ report: inout Report) throws {
        report.vectors = Int(try VectorStore.counts(in: reader).reduce(0) { $0 + $1.count })
        for (passage, problem) in try VectorStore.faults(limit: Report.shown, in: reader) { report.note("passage \(passage): \(problem)") }
    }
}
