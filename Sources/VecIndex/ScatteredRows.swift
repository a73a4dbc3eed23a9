import CVecKernels

/// Rows that lie apart, scored some at a time, so that the memory of the next is fetched while one is computed.
struct ScatteredRows {
    private static let group = 32

    private let query: PreparedQuery
    private var rows: [UnsafePointer<Float>] = []
    private var lengths: [UnsafePointer<Float>] = []
    private var ids: [UnsafePointer<Int64>] = []
    private var ranks = [Float](repeating: 0, count: group)

    init(query: PreparedQuery) {
        self.query = query
        rows.reserveCapacity(Self.group)
        lengths.reserveCapacity(Self.group)
        ids.reserveCapacity(Self.group)
    }

    /// Takes a row up, and offers what was taken up when that is enough.
    ///
    /// - Precondition: the segment's memory is valid until the rows were offered.
    mutating func add(_ contents: Segment.Contents, place: Int, into best: inout BestMatches) {
        rows.append(contents.values + place * query.values.count)
        lengths.append(contents.lengths + place)
        ids.append(contents.ids + place)
        cvec_prefetch(contents.lengths + place)
        if rows.count == Self.group { finish(into: &best) }
    }

    /// Offers the rows that were taken up and not offered yet.
    mutating func finish(into best: inout BestMatches) {
        query.ranks(rows, lengths: lengths, into: &ranks)
        var floor = best.floor ?? -.infinity
        for row in rows.indices where ranks[row] >= floor {
            best.offer(rank: ranks[row], id: ids[row].pointee)
            floor = best.floor ?? -.infinity
        }
        rows.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
    }
}
