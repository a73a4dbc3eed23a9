import CVecKernels

/// Search over codes: one pass over all codes picks the rows that may be among the best, by bounds that a row's
/// true rank seldom exceeds; these are scored exactly, highest bound first, until the next bound is below the
/// k-th best score so far. How many that are depends on the query, and is not chosen beforehand.
extension FlatSnapshot {
    /// Whether codes make a search faster: not for few rows, be it in all or that a filter allows, whose vectors
    /// are read as soon.
    func usesCodes(answer: Int, filter: Bitmap?) -> Bool {
        guard parts.contains(where: { $0.codes != nil }) else { return false }
        let allowed = filter?.count ?? count
        return allowed > count / 64 && allowed >= 1024 && answer <= allowed / 8
    }

    func searchCodes(_ query: PreparedQuery, capacity: Int, filter: Bitmap?, deviations: Float) -> BestMatches {
        var search = CodeSearch(query, of: self, capacity: capacity, filter: filter, deviations: deviations)
        search.run()
        return search.best
    }
}

/// One search over codes, while it runs.
struct CodeSearch: ~Copyable {
    private let query: PreparedQuery
    private let snapshot: FlatSnapshot
    private let filter: Bitmap?
    private let deviations: Float
    private let rowsAPart: Int
    private var pool: CandidatePool
    /// The query as each frame sees it that was met so far. There are two at most: while codes are made anew.
    private var views: [(frame: CodeFrame, query: CodedQuery)] = []
    private(set) var best: BestMatches
    /// How many rows of the pool were scored, for measurements.
    private(set) var rescored = 0

    init(_ query: PreparedQuery, of snapshot: FlatSnapshot, capacity: Int, filter: Bitmap?, deviations: Float) {
        self.query = query
        self.snapshot = snapshot
        self.filter = filter
        self.deviations = deviations
        rowsAPart = Segment.capacity(dimension: snapshot.dimension)
        pool = CandidatePool(size: CodeSearch.poolSize(answer: capacity), step: rowsAPart)
        best = BestMatches(capacity: capacity)
    }

    private static func poolSize(answer: Int) -> Int {
        512 + 16 * min(answer, 1 << 20)
    }

    mutating func run() {
        scan()
        pool.arrange()
        var seen = Set<Int>()
        rescore(noting: &seen)
        // Every row of the pool may have been among the best; so may some that were dropped from it.
        if pool.isPartial, pool.first == nil { scanRest(but: seen) }
    }

    /// Takes the candidates of all codes into the pool; scores the rows that have no codes yet.
    private mutating func scan() {
        var scratch = [Float](repeating: 0, count: rowsAPart)
        for (index, part) in snapshot.parts.enumerated() {
            if let codes = part.codes {
                let view = view(codes.frame)
                let (count, first, filter) = (part.segment.count, index * rowsAPart, filter)
                pool.take(step: rowsAPart) { floor, candidates in
                    Self.withBits(of: filter, from: first) {
                        codes.scan(count: count, for: view, floor: floor, allowed: $0, first: first, into: candidates)
                    }
                }
            } else {
                snapshot.rank(part: index, for: query, filter: filter, scratch: &scratch, into: &best)
            }
        }
    }

    private static func withBits<T>(of filter: Bitmap?, from position: Int, _ body: (UnsafePointer<UInt64>?) -> T) -> T {
        guard let filter else { return body(nil) }
        return filter.withWords(from: position, body)
    }

    private mutating func view(_ frame: CodeFrame) -> CodedQuery {
        for view in views where view.frame === frame { return view.query }
        let view = CodedQuery(query, frame: frame, deviations: deviations)
        views.append((frame, view))
        return view
    }

    /// Scores rows of the pool, highest bound first, while one may be among the best.
    private mutating func rescore(noting seen: inout Set<Int>) {
        var few = ScatteredRows(query: query)
        while let bound = pool.first, bound >= best.floor ?? -.infinity, let position = pool.popFirst() {
            add(position, to: &few)
            if pool.isPartial { seen.insert(position) }
            rescored += 1
        }
        few.finish(into: &best)
    }

    private mutating func add(_ position: Int, to few: inout ScatteredRows) {
        snapshot.parts[position / rowsAPart].segment.read { few.add($0, place: position % rowsAPart, into: &best) }
    }

    /// A second pass for the queries that the pool is too small for: scores all rows whose bounds reach the floor.
    private mutating func scanRest(but seen: Set<Int>) {
        let candidates = UnsafeMutablePointer<cvec_candidate>.allocate(capacity: rowsAPart)
        defer { candidates.deallocate() }
        for (index, part) in snapshot.parts.enumerated() {
            guard let codes = part.codes else { continue }
            let view = view(codes.frame)
            let first = index * rowsAPart
            let floor = best.floor ?? -.infinity
            let found = Self.withBits(of: filter, from: first) {
                codes.scan(count: part.segment.count, for: view, floor: floor, allowed: $0, first: first, into: candidates)
            }
            var few = ScatteredRows(query: query)
            for index in 0..<found where !seen.contains(Int(candidates[index].row)) {
                add(Int(candidates[index].row), to: &few)
                rescored += 1
            }
            few.finish(into: &best)
        }
    }
}
