import CVecKernels

/// One search over codes, while it runs.
struct CodeSearch: ~Copyable {
    private let query: PreparedQuery
    private let snapshot: FlatSnapshot
    private let filter: Bitmap?
    private let deviations: Float
    private let rowsAPart: Int
    private var pool: CandidatePool
    private var few: ScatteredRows
    /// The query as each frame sees it that was met so far. There are two at most: while codes are built anew.
    private var views: [(frame: CodeFrame, query: CodedQuery)] = []
    /// The positions of the rows that were taken out of the pool.
    private var taken: [UInt32] = []
    private(set) var best: BestMatches
    /// How many rows with codes were scored, for measurements.
    private(set) var rescored = 0

    init(_ query: PreparedQuery, of snapshot: FlatSnapshot, capacity: Int, filter: Bitmap?, deviations: Float) {
        self.query = query
        self.snapshot = snapshot
        self.filter = filter
        self.deviations = deviations
        rowsAPart = Segment.capacity(dimension: snapshot.dimension)
        // Measured: so many that a second pass is rare, at a hundred thousand rows and at a million.
        pool = CandidatePool(size: 1024 + 16 * capacity + snapshot.count / 128, step: rowsAPart)
        few = ScatteredRows(query: query)
        best = BestMatches(capacity: capacity)
    }

    mutating func run() {
        var scratch: [Float] = []
        for (index, part) in snapshot.parts.enumerated() {
            if let codes = part.codes {
                if !pool.hasRoom(for: rowsAPart) { settle() }
                let (view, filter, first) = (view(codes.frame), filter, index * rowsAPart)
                pool.take { floor, candidates in
                    Self.scan(part, for: view, floor: floor, filter: filter, first: first, into: candidates)
                }
            } else {
                if scratch.isEmpty { scratch = [Float](repeating: 0, count: rowsAPart) }
                snapshot.rank(part: index, for: query, filter: filter, scratch: &scratch, into: &best)
            }
        }
        pool.arrange()
        score(atMost: .max)
        // Every row of the pool may have been among the best; so may some that it had no room for.
        if pool.isPartial, pool.first == nil { scanRest() }
    }

    /// Makes room: scores the likeliest rows so far, after which most others need not be.
    private mutating func settle() {
        pool.arrange()
        score(atMost: best.capacity + 16)
        pool.drop(below: best.floor ?? -.infinity)
    }

    /// Scores rows of the pool, highest bound first, while one may be among the best.
    private mutating func score(atMost count: Int) {
        var count = count
        while count > 0, let first = pool.first, first.bound >= best.floor ?? -.infinity {
            pool.popFirst()
            taken.append(first.row)
            add(first)
            count -= 1
        }
        few.finish(into: &best)
    }

    /// Takes a row up to be scored, unless a closer look rules it out.
    private mutating func add(_ candidate: cvec_candidate) {
        let (part, place) = (snapshot.parts[Int(candidate.row) / rowsAPart], Int(candidate.row) % rowsAPart)
        if let floor = best.floor, let codes = part.codes,
            !codes.mayReach(floor, bound: candidate.bound, place: place, for: view(codes.frame))
        {
            return
        }
        part.segment.read { few.add($0, place: place, into: &best) }
        rescored += 1
    }

    /// A second pass for the queries that the pool is too small for: scores all rows whose bounds reach the floor.
    private mutating func scanRest() {
        let taken = Set(taken)
        let candidates = UnsafeMutablePointer<cvec_candidate>.allocate(capacity: rowsAPart)
        defer { candidates.deallocate() }
        for (index, part) in snapshot.parts.enumerated() {
            guard let codes = part.codes else { continue }
            let found = Self.scan(
                part, for: view(codes.frame), floor: best.floor ?? -.infinity, filter: filter, first: index * rowsAPart, into: candidates)
            for index in 0..<found where !taken.contains(candidates[index].row) { add(candidates[index]) }
        }
        few.finish(into: &best)
    }

    /// Writes the allowed rows of a part whose bounds reach the floor; returns how many there are.
    private static func scan(
        _ part: FlatPart, for view: CodedQuery, floor: Float, filter: Bitmap?, first: Int,
        into candidates: UnsafeMutablePointer<cvec_candidate>
    ) -> Int {
        guard let codes = part.codes else { return 0 }
        let count = part.segment.count
        guard let filter else {
            return codes.scan(count: count, for: view, floor: floor, allowed: nil, first: first, into: candidates)
        }
        return filter.withWords(from: first) {
            codes.scan(count: count, for: view, floor: floor, allowed: $0, first: first, into: candidates)
        }
    }

    private mutating func view(_ frame: CodeFrame) -> CodedQuery {
        for view in views where view.frame === frame { return view.query }
        let view = CodedQuery(query, frame: frame, deviations: deviations)
        views.append((frame, view))
        return view
    }
}
