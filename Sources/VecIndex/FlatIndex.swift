import Synchronization

/// Search over Float32 vectors held in memory, for any number of readers and writers at once.
///
/// Scores are exact, and without codes so are answers: a search looks at every row that its filter allows; ties go
/// to the lower id. With codes it looks at a short code of every row, and then at the vectors of those that may be
/// among the best, so that a true answer is missed as seldom as it is told to.
///
/// A search takes a snapshot under the lock, which is a matter of microseconds, and works outside it: a search
/// neither waits for writes nor holds them up, and sees all of a write or nothing of it. Writes take their
/// turn at the lock. While a search is under way, a write copies the segment (about half a megabyte) it
/// changes, once.
///
/// Vectors are kept as they were given, also under cosine. Removal leaves no bytes of a vector behind, in
/// the index at once and in memory as soon as the searches that began before it are done.
package final class FlatIndex: Sendable {
    /// The dimensions that an index can have.
    package static let dimensions = 1...4096

    /// What a search is to find of the true answers, on average, unless it is told otherwise.
    package static let usualRecall = 0.999

    /// Sets of ids up to this size are looked up under the lock, which takes well under a millisecond;
    /// larger ones are tried on each row outside it.
    static let lookupLimit = 16_384

    package let metric: VectorMetric
    package let dimension: Int
    /// The codes that searches use once they were made: see `buildCodes`.
    package let codes: VectorCodes
    let rows: Mutex<FlatRows>
    let isBuildingCodes = Atomic(false)

    package init(dimension: Int, metric: VectorMetric, codes: VectorCodes = .none) throws(VecIndexError) {
        guard Self.dimensions.contains(dimension) else { throw .invalidDimension(dimension) }
        self.dimension = dimension
        self.metric = metric
        self.codes = codes
        rows = Mutex(FlatRows(dimension: dimension, metric: metric))
    }

    /// How many rows there are.
    package var count: Int {
        rows.withLock { $0.count }
    }

    /// The bytes held for rows and for finding them by id, for display and for limits.
    package var bytes: Int {
        rows.withLock { $0.bytes }
    }

    package func contains(_ id: Int64) -> Bool {
        rows.withLock { $0.contains(id) }
    }

    /// The vector as it was given, or nil if the id is not in the index.
    package func vector(for id: Int64) -> [Float]? {
        rows.withLock { $0.vector(for: id) }
    }

    /// Adds a row. Throws `duplicateID` if the id is in the index already.
    package func add(_ id: Int64, _ vector: [Float]) throws(VecIndexError) {
        let vector = try PreparedVector(vector, dimension: dimension, metric: metric)
        try rows.withLock { rows throws(VecIndexError) in try rows.add(id: id, vector: vector) }
    }

    /// Puts another vector in place of a row's. Throws `unknownID` if the id is not in the index.
    package func replace(_ id: Int64, with vector: [Float]) throws(VecIndexError) {
        let vector = try PreparedVector(vector, dimension: dimension, metric: metric)
        try rows.withLock { rows throws(VecIndexError) in try rows.replace(id: id, vector: vector) }
    }

    /// Adds rows, and puts other vectors in place of those that are there, in one turn at the lock. Returns the ids of
    /// the vectors that it cannot take; these rows stay as they were. Nil, and nothing is done, when it is not to wait
    /// for its turn and would have to: two who fill an index at the same time get on twice as fast when they go on
    /// reading meanwhile.
    package func put(_ rows: [(id: Int64, vector: [Float])], waits: Bool = true) -> [Int64]? {
        waits ? self.rows.withLock { put(rows, into: &$0) } : self.rows.withLockIfAvailable { put(rows, into: &$0) }
    }

    private func put(_ rows: [(id: Int64, vector: [Float])], into state: inout FlatRows) -> [Int64] {
        var refused: [Int64] = []
        for (id, vector) in rows {
            if let vector = try? PreparedVector(vector, dimension: dimension, metric: metric) {
                state.put(id: id, vector: vector)
            } else {
                refused.append(id)
            }
        }
        return refused
    }

    /// Removes a row. Throws `unknownID` if the id is not in the index.
    package func remove(_ id: Int64) throws(VecIndexError) {
        try rows.withLock { rows throws(VecIndexError) in try rows.remove(id: id) }
    }

    /// The rows as they are now, for several searches over the same rows.
    package func snapshot() -> FlatSnapshot {
        rows.withLock { $0.snapshot }
    }

    /// The k best rows for a query, best first; fewer if fewer are allowed, none if k is not positive.
    ///
    /// - Parameter recall: the share of the true k best that is found on average, where rows have codes. 1 looks
    ///   at every vector.
    package func search(
        _ query: [Float], k: Int, filter: RowFilter? = nil, recall: Double = usualRecall
    ) throws(VecIndexError) -> [VectorMatch] {
        let (snapshot, bitmap) = resolve(filter)
        return try snapshot.search(query, k: k, filter: bitmap, recall: recall)
    }

    /// What `search` answers for each query, to the bit, in less time. All see the same rows.
    package func search(
        batch queries: [[Float]], k: Int, filter: RowFilter? = nil, recall: Double = usualRecall
    ) throws(VecIndexError) -> [[VectorMatch]] {
        let (snapshot, bitmap) = resolve(filter)
        return try snapshot.search(batch: queries, k: k, filter: bitmap, recall: recall)
    }

    private func resolve(_ filter: RowFilter?) -> (FlatSnapshot, Bitmap?) {
        switch filter {
        case .ids(let ids) where ids.count <= Self.lookupLimit:
            return rows.withLock { ($0.snapshot, $0.bitmap(of: ids)) }
        case .ids(let ids):
            let snapshot = snapshot()
            return (snapshot, snapshot.bitmap(of: ids))
        case .matching(let rule):
            let snapshot = snapshot()
            return (snapshot, snapshot.bitmap(where: rule))
        case nil:
            return (snapshot(), nil)
        }
    }
}
