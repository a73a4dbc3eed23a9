import Platform

/// Finds jobs, page by page, with exact counts.
struct JobLists: Sendable {
    let database: Database
    let counts = JobCounts()
    let skills = SkillMarks()
    let kept = KeptJobRows()
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

    private func find(
        _ request: Request, limit: Int, place: @escaping (Int) throws -> Int, in reader: Reader
    ) throws -> Found {
        let filter = request.filter
        let generation = try JobIndex.generation(in: reader)
        var entry = counts.entry(filter, at: generation)
        let page = Cut(limit: limit, place: place)
        let (count, rowIDs): (Int, [Int64])
        if filter.isHopeless {
            count = 0
            rowIDs = []
            _ = try place(0)
        } else if request.order == .relevance, let query = filter.words?.query {
            (count, rowIDs) = try byRank(query, filter.withoutWords, page, &entry, in: reader)
        } else if filter.isIndexed {
            (count, rowIDs) = try byIndex(filter, request.order, page, &entry, in: reader)
        } else {
            let (rows, places) = try lookAtEach(filter, in: reader)
            count = places.count
            rowIDs = rows.sorted(places, by: request.order).dropFirst(try place(count)).prefix(limit).map { rows.rows[Int($0)].rowID }
        }
        entry.count = count
        if request.wantsFacets, entry.facets == nil {
            let (rows, places) = try lookAtEach(filter, in: reader)
            entry.facets = try rows.facets(of: places) { try JobListStore.company(of: $0, in: reader) }
        }
        counts.keep(entry, for: filter, at: generation)
        let items = try JobListStore.items(rowIDs, in: reader).map { job in
            Found.Item(job: job, snippets: try snippets(job, request, in: reader))
        }
        return Found(count: count, items: items, facets: request.wantsFacets ? entry.facets : nil)
    }

    // MARK: Ways to find jobs

    /// The part of what was found that is to be shown.
    private struct Cut {
        let limit: Int
        let place: (Int) throws -> Int
    }

    /// By equality, along an index.
    private func byIndex(
        _ filter: JobFilter, _ order: JobOrder, _ page: Cut, _ entry: inout JobCounts.Entry, in reader: Reader
    ) throws -> (count: Int, rowIDs: [Int64]) {
        let count = try entry.count ?? JobListStore.count(filter, in: reader)
        let offset = try page.place(count)
        return (count, try JobListStore.rowIDs(filter, by: order, limit: page.limit, offset: offset, count: count, in: reader))
    }

    /// In a pass over the narrow rows in memory.
    private func lookAtEach(_ filter: JobFilter, in reader: Reader) throws -> (rows: JobRows, places: [Int32]) {
        let rows = try kept.rows(in: reader)
        let marks = filter.skills.isEmpty || filter.isHopeless ? [] : try skills.marks(for: filter.skills, in: reader)
        let matched = try filter.words?.query.map { try JobText.matches($0, in: reader) }
        return (rows, rows.places(filter, skills: marks, matched: matched))
    }

    /// By words, the best first. `others` is what the filter asks for beside them.
    private func byRank(
        _ query: JobQuery, _ others: JobFilter, _ page: Cut, _ entry: inout JobCounts.Entry, in reader: Reader
    ) throws -> (count: Int, rowIDs: [Int64]) {
        // The full-text index holds active jobs alone.
        let asksForMore = others != JobFilter(status: "active")
        var set: JobMark?
        func chosen() throws -> JobMark? {
            if asksForMore, set == nil {
                let (rows, places) = try lookAtEach(others, in: reader)
                set = JobMark(of: places.map { rows.rows[Int($0)].rowID })
            }
            return set
        }
        let ranked = try entry.ranked ?? JobText.ranked(query, within: chosen(), limit: rankedMatches, in: reader)
        entry.ranked = ranked
        // Where fewer matched than are ranked, those are all.
        let known = ranked.count < rankedMatches ? ranked.count : entry.count
        let count = try known ?? JobText.count(query, within: chosen(), in: reader)
        let offset = try page.place(count)
        let first = Array(ranked.dropFirst(offset).prefix(page.limit))
        guard first.count < page.limit, ranked.count == rankedMatches else { return (count, first) }
        let rest = try JobText.unranked(
            query, within: chosen(), limit: page.limit - first.count, offset: max(offset, ranked.count), in: reader)
        return (count, first + rest)
    }

    private func snippets(_ job: JobListItem, _ request: Request, in reader: Reader) throws -> [(field: String, html: String)] {
        guard let marks = request.snippetMarks, let query = request.filter.words?.query else { return [] }
        return try JobText.snippets(of: job.rowID, query, marks: marks, in: reader)
    }
}
