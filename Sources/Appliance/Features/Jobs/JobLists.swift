import Platform

/// Finds jobs, page by page, with exact counts.
struct JobLists: Sendable {
    let database: Database
    let counts = JobCounts()
    let skills = SkillMarks()
    var rankedMatches = JobText.rankedMatches

    /// What is asked for.
    struct Request: Sendable {
        var filter: JobFilter
        var order = JobOrder.date
        var wantsFacets = false
        /// Set where the parts that matched are to be shown.
        var snippetMarks: SnippetMarks?
    }

    struct Found: Sendable {
        struct Item: Sendable {
            let job: JobListItem
            var snippets: [(field: String, html: String)] = []
        }

        var count: Int
        var items: [Item]
        var facets: JobFacets?
    }

    /// One page. `place` turns the count into the place of the page, or throws what is wrong with it.
    func find(_ request: Request, limit: Int, place: @escaping @Sendable (_ count: Int) throws -> Int) async throws -> Found {
        if request.filter.isIndexed, request.order == .date,
            let found = try database.read({ try quickly(request, limit: limit, place: place, in: $0) })
        {
            return found
        }
        return try await database.scan { try find(request, limit: limit, place: place, in: $0) }
    }

    /// Steps along an index that are taken on the thread of a request.
    private static let quickSteps = 1000

    /// The page if it takes no more than a few steps along an index; nil otherwise.
    private func quickly(_ request: Request, limit: Int, place: (Int) throws -> Int, in reader: Reader) throws -> Found? {
        let entry = counts.entry(request.filter, at: try JobIndex.generation(in: reader))
        guard let count = entry.count, !request.wantsFacets || entry.facets != nil else { return nil }
        let offset = try place(count)
        guard min(offset, max(0, count - offset)) <= Self.quickSteps else { return nil }
        return try find(request, limit: limit, place: { _ in offset }, in: reader)
    }

    private func find(_ request: Request, limit: Int, place: (Int) throws -> Int, in reader: Reader) throws -> Found {
        let filter = request.filter
        let generation = try JobIndex.generation(in: reader)
        let selection = try selection(filter, in: reader)
        var entry = counts.entry(filter, at: generation)
        if request.order == .relevance, entry.ranked == nil {
            entry.ranked = try JobListStore.ranked(selection, limit: rankedMatches, in: reader)
        }
        let count = try entry.count ?? knownCount(entry) ?? JobListStore.count(selection, in: reader)
        entry.count = count
        if request.wantsFacets, entry.facets == nil { entry.facets = try JobListStore.facets(selection, in: reader) }
        counts.keep(entry, for: filter, at: generation)

        let offset = try place(count)
        let rowIDs =
            request.order == .relevance
            ? try byRank(entry.ranked ?? [], selection, limit: limit, offset: offset, in: reader)
            : try JobListStore.rowIDs(selection, by: request.order, limit: limit, offset: offset, count: count, in: reader)
        return Found(
            count: count, items: try items(rowIDs, request, hasWords: true, in: reader), facets: request.wantsFacets ? entry.facets : nil)
    }

    func selection(_ filter: JobFilter, in reader: Reader) throws -> JobListStore.Selection {
        let marks = filter.skills.isEmpty || filter.isHopeless ? [] : try skills.marks(for: filter.skills, in: reader)
        return JobListStore.Selection(filter: filter, marks: marks)
    }

    func items(_ rowIDs: [Int64], _ request: Request, hasWords: Bool, in reader: Reader) throws -> [Found.Item] {
        try JobListStore.items(rowIDs, in: reader).map { job in
            Found.Item(job: job, snippets: hasWords ? try snippets(job, request, in: reader) : [])
        }
    }

    /// Where fewer matched than are ranked, those are all.
    private func knownCount(_ entry: JobCounts.Entry) -> Int? {
        entry.ranked.flatMap { $0.count < rankedMatches ? $0.count : nil }
    }

    private func byRank(
        _ ranked: [Int64], _ selection: JobListStore.Selection, limit: Int, offset: Int, in reader: Reader
    ) throws -> [Int64] {
        let first = Array(ranked.dropFirst(offset).prefix(limit))
        guard first.count < limit, ranked.count == rankedMatches else { return first }
        let behind = max(offset, ranked.count)
        return first + (try JobListStore.unranked(selection, limit: limit - first.count, offset: behind, in: reader))
    }

    private func snippets(_ job: JobListItem, _ request: Request, in reader: Reader) throws -> [(field: String, html: String)] {
        guard let marks = request.snippetMarks, let query = request.filter.words?.query else { return [] }
        return try JobText.snippets(of: job.rowID, query, marks: marks, in: reader)
    }
}
