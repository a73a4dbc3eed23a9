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

    /// Reads what searches look into, so that the first of them need not wait for it, and finds out who has the skills that
    /// people are likely to ask for, a few at a time, so that searches get in between. It begins a second from now: a start
    /// has other things to do.
    func prepare(clock: any PlatformClock) {
        Task {
            do { try await clock.sleep(microseconds: 1_000_000) } catch { return }
            try? await database.scan { reader in
                _ = try kept.rows(in: reader)
                try skills.prepare(in: reader)
            }
            try? await prepareSkills()
        }
    }

    /// How many skills, and how many at a time.
    private static let preparedSkills = (all: 256, atOnce: 8)

    func prepareSkills() async throws {
        var (listed, hasMore) = (ListedSkills(), true)
        while hasMore {
            (listed, hasMore) = try await database.scan { [listed] in try listed.reading(in: $0) }
        }
        // The short ones first: one reading of all descriptions then serves several of them.
        let wanted = listed.frequent(Self.preparedSkills.all).sorted { $0.utf8.count < $1.utf8.count }
        for start in stride(from: 0, to: wanted.count, by: Self.preparedSkills.atOnce) {
            let some = Array(wanted[start...].prefix(Self.preparedSkills.atOnce))
            _ = try await database.scan { reader in try skills.marks(for: some, in: reader) }
        }
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
        if request.wantsFacets, entry.facets == nil { entry.facets = try facets(filter, in: reader) }
        counts.keep(entry, for: filter, at: generation)
        return Found(
            count: count, items: try items(rowIDs, request, hasWords: true, in: reader), facets: request.wantsFacets ? entry.facets : nil)
    }

    func items(_ rowIDs: [Int64], _ request: Request, hasWords: Bool, in reader: Reader) throws -> [Found.Item] {
        var snippets: [Int64: [(field: String, html: String)]] = [:]
        if hasWords, let marks = request.snippetMarks, let query = request.filter.words?.query {
            snippets = try JobText.snippets(of: rowIDs, query, marks: marks, in: reader)
        }
        return try JobListStore.items(rowIDs, in: reader).map { Found.Item(job: $0, snippets: snippets[$0.rowID] ?? []) }
    }

    /// Over the jobs that a filter finds, where there is one, and over further jobs, which are not among them.
    func facets(_ filter: JobFilter?, and further: [Int64] = [], in reader: Reader) throws -> JobFacets {
        let rows = try kept.rows(in: reader)
        let found = try filter.map { try lookAtEach($0, in: reader).places } ?? []
        let others = further.isEmpty ? [] : rows.places(JobFilter(), skills: [], matched: JobMark(of: further))
        return try rows.facets(of: found + others) { try JobListStore.company(of: $0, in: reader) }
    }

    // MARK: Ways to find jobs

    /// The part of what was found that is to be shown.
    private struct Cut {
        let limit: Int
        let place: (Int) throws -> Int
    }

    /// By equality, along an index. All that are found are counted in memory: an index of SQLite's takes ten times as long.
    private func byIndex(
        _ filter: JobFilter, _ order: JobOrder, _ page: Cut, _ entry: inout JobCounts.Entry, in reader: Reader
    ) throws -> (count: Int, rowIDs: [Int64]) {
        let count = try entry.count ?? lookAtEach(filter, in: reader).places.count
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

    /// The jobs that a filter without words finds; nil for all active ones, which are those that the full-text index has.
    func chosen(_ filter: JobFilter, in reader: Reader) throws -> JobMark? {
        guard filter != JobFilter(status: "active") else { return nil }
        let (rows, places) = try lookAtEach(filter, in: reader)
        return JobMark(of: places.map { rows.rows[Int($0)].rowID })
    }

    /// By words, the best first. `others` is what the filter asks for beside them.
    private func byRank(
        _ query: JobQuery, _ others: JobFilter, _ page: Cut, _ entry: inout JobCounts.Entry, in reader: Reader
    ) throws -> (count: Int, rowIDs: [Int64]) {
        var known: JobMark?
        func set() throws -> JobMark? {
            if known == nil { known = try chosen(others, in: reader) }
            return known
        }
        let ranked = try entry.ranked ?? JobText.ranked(query, within: set(), limit: rankedMatches, in: reader)
        entry.ranked = ranked
        // Where fewer matched than are ranked, those are all.
        let counted = ranked.count < rankedMatches ? ranked.count : entry.count
        let count = try counted ?? JobText.count(query, within: set(), in: reader)
        let offset = try page.place(count)
        let first = Array(ranked.dropFirst(offset).prefix(page.limit))
        guard first.count < page.limit, ranked.count == rankedMatches else { return (count, first) }
        let rest = try JobText.unranked(
            query, within: set(), limit: page.limit - first.count, offset: max(offset, ranked.count), in: reader)
        return (count, first + rest)
    }
}
