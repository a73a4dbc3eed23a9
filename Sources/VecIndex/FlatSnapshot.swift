/// The rows of a `FlatIndex` at one moment. It never changes, so that several searches, or a bitmap and the
/// searches that use it, see the same rows. It keeps alive the memory of rows removed since: hold it for the
/// length of a request, not longer.
package struct FlatSnapshot: Sendable {
    package let metric: VectorMetric
    package let dimension: Int
    /// How many rows there are.
    package let count: Int
    let parts: [FlatPart]
    let stamp: UInt64

    /// The rows whose id satisfies a rule.
    package func bitmap(where rule: (Int64) -> Bool) -> Bitmap {
        var bitmap = Bitmap(rows: count, stamp: stamp)
        var start = 0
        for part in parts {
            part.segment.read { rows in
                for row in 0..<rows.count where rule(rows.ids[row]) { bitmap.insert(start + row) }
            }
            start += part.segment.capacity
        }
        return bitmap
    }

    /// The rows with one of these ids.
    package func bitmap(of ids: Set<Int64>) -> Bitmap {
        bitmap(where: ids.contains)
    }

    /// The k best rows for a query, best first; fewer if fewer are allowed, none if k is not positive.
    ///
    /// - Parameter recall: the share of the true k best that is found on average, where rows have codes. 1 looks
    ///   at every vector.
    package func search(
        _ query: [Float], k: Int, filter: Bitmap? = nil, recall: Double = FlatIndex.usualRecall
    ) throws(VecIndexError) -> [VectorMatch] {
        let query = try PreparedQuery(query, dimension: dimension, metric: metric)
        guard let capacity = try answerSize(k: k, filter: filter) else { return [] }
        if let deviations = RecallTarget.deviations(recall), usesCodes(answer: capacity, filter: filter) {
            return searchCodes(query, capacity: capacity, filter: filter, deviations: deviations).matches(metric: metric)
        }
        var best = BestMatches(capacity: capacity)
        var scratch = [Float](repeating: 0, count: Segment.capacity(dimension: dimension))
        for index in parts.indices {
            rank(part: index, for: query, filter: filter, scratch: &scratch, into: &best)
        }
        return best.matches(metric: metric)
    }

    /// How many rows a search will answer with, or nil for none.
    func answerSize(k: Int, filter: Bitmap?) throws(VecIndexError) -> Int? {
        if let filter, filter.stamp != stamp { throw .foreignBitmap }
        let size = min(k, filter?.count ?? count)
        return size > 0 ? size : nil
    }

    /// The positions of a part's rows.
    func positions(ofPart index: Int) -> Range<Int> {
        let start = index * Segment.capacity(dimension: dimension)
        return start..<start + parts[index].segment.count
    }

    /// Whether a part has enough allowed rows for it to be quicker to compute all of them: the processor
    /// reads ahead through a run of rows, but waits at each of a few single ones (measured: a quarter breaks even).
    static func isDense(allowed: Int, of rows: Int) -> Bool {
        4 * allowed >= rows
    }

    /// Offers the allowed rows of one part.
    func rank(part index: Int, for query: PreparedQuery, filter: Bitmap?, scratch: inout [Float], into best: inout BestMatches) {
        let positions = positions(ofPart: index)
        parts[index].segment.read { rows in
            guard let filter else {
                query.ranks(rows, into: &scratch)
                var floor = best.floor ?? -.infinity
                for row in 0..<rows.count where scratch[row] >= floor {
                    best.offer(rank: scratch[row], id: rows.ids[row])
                    floor = best.floor ?? -.infinity
                }
                return
            }
            if Self.isDense(allowed: filter.count(in: positions), of: rows.count) {
                query.ranks(rows, into: &scratch)
                filter.forEach(in: positions) { position in
                    let row = position - positions.lowerBound
                    best.offer(rank: scratch[row], id: rows.ids[row])
                }
            } else {
                var few = ScatteredRows(query: query)
                filter.forEach(in: positions) { few.add(rows, place: $0 - positions.lowerBound, into: &best) }
                few.finish(into: &best)
            }
        }
    }
}
