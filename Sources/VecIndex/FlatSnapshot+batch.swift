extension FlatSnapshot {
    /// How a batch computes its inner products.
    enum BatchMethod {
        /// Matrix products by BLAS, whose results pick the rows that the kernel then ranks.
        case products
        /// The kernel, for all queries on a segment while it is in the cache.
        case kernels
    }

    /// Queries that share one matrix product: enough to fill it, few enough for products to stay in the cache.
    private static let groupSize = 64

    /// Queries from which a product is faster than the kernel (measured: 8 are too few, 32 gain half).
    private static let smallestProduct = 16

    /// What `search` answers for each query, to the bit, in less time than one after the other.
    ///
    /// Either all queries are answered or, if one is not valid, none. Memory is queries × k answers beside
    /// some hundreds of kilobytes, so a caller limits both.
    package func search(
        batch queries: [[Float]], k: Int, filter: Bitmap? = nil, recall: Double = FlatIndex.usualRecall
    ) throws(VecIndexError) -> [[VectorMatch]] {
        try search(batch: queries, k: k, filter: filter, recall: recall, method: nil)
    }

    /// - Parameter method: nil to choose the faster one for each group.
    func search(
        batch queries: [[Float]], k: Int, filter: Bitmap?, recall: Double = 1, method: BatchMethod?
    ) throws(VecIndexError) -> [[VectorMatch]] {
        var prepared: [PreparedQuery] = []
        prepared.reserveCapacity(queries.count)
        for query in queries {
            prepared.append(try PreparedQuery(query, dimension: dimension, metric: metric))
        }
        guard let capacity = try answerSize(k: k, filter: filter) else {
            return [[VectorMatch]](repeating: [], count: queries.count)
        }
        // Codes beat any product of matrices, and gain nothing from a batch.
        if let deviations = RecallTarget.deviations(recall), usesCodes(answer: capacity, filter: filter) {
            return prepared.map { searchCodes($0, capacity: capacity, filter: filter, deviations: deviations).matches(metric: metric) }
        }
        var answers: [[VectorMatch]] = []
        answers.reserveCapacity(queries.count)
        for start in stride(from: 0, to: prepared.count, by: Self.groupSize) {
            let group = prepared[start..<min(start + Self.groupSize, prepared.count)]
            let faster: BatchMethod = VecBLAS.isFast && group.count >= Self.smallestProduct ? .products : .kernels
            answers += search(group: Array(group), capacity: capacity, filter: filter, method: method ?? faster)
        }
        return answers
    }

    private func search(group: [PreparedQuery], capacity: Int, filter: Bitmap?, method: BatchMethod) -> [[VectorMatch]] {
        let places = Segment.capacity(dimension: dimension)
        let matrix = method == .products ? group.flatMap(\.values) : []
        var products = [Float](repeating: 0, count: method == .products ? group.count * places : 0)
        var scratch = [Float](repeating: 0, count: places)
        var best = [BestMatches](repeating: BestMatches(capacity: capacity), count: group.count)
        for index in parts.indices {
            let positions = positions(ofPart: index)
            let allowed = filter?.count(in: positions) ?? positions.count
            // A product computes every row, so it only pays while a good part of them is allowed.
            if method == .products && Self.isDense(allowed: allowed, of: positions.count) {
                rank(part: index, for: group, matrix: matrix, filter: filter, products: &products, into: &best)
            } else {
                for (number, query) in group.enumerated() {
                    rank(part: index, for: query, filter: filter, scratch: &scratch, into: &best[number])
                }
            }
        }
        return best.map { $0.matches(metric: metric) }
    }

    private func rank(
        part index: Int, for group: [PreparedQuery], matrix: [Float], filter: Bitmap?, products: inout [Float],
        into best: inout [BestMatches]
    ) {
        let start = positions(ofPart: index).lowerBound
        parts[index].segment.read { rows in
            VecBLAS.innerProducts(
                queries: matrix, queryCount: group.count, rows: rows.values, rowCount: rows.count, dimension: dimension, into: &products)
            products.withUnsafeBufferPointer { products in
                for (number, query) in group.enumerated() {
                    let products = UnsafeBufferPointer(rebasing: products[number * rows.count..<(number + 1) * rows.count])
                    rank(rows, startingAt: start, products: products, for: query, filter: filter, into: &best[number])
                }
            }
        }
    }

    /// Offers the allowed rows that pass the screen; all of them while there is room for any.
    private func rank(
        _ rows: Segment.Contents, startingAt start: Int, products: UnsafeBufferPointer<Float>, for query: PreparedQuery, filter: Bitmap?,
        into best: inout BestMatches
    ) {
        guard let products = products.baseAddress else { return }
        var floor = best.floor
        var screen = floor.map(query.screen)
        var row = 0
        while true {
            row = screen?.next(from: row, count: rows.count, products: products, lengths: rows.lengths) ?? row
            guard row < rows.count else { return }
            if filter?.contains(start + row) ?? true {
                best.offer(rank: query.rank(row: rows.values + row * dimension, length: rows.lengths[row]), id: rows.ids[row])
                if best.floor != floor {
                    floor = best.floor
                    screen = floor.map(query.screen)
                }
            }
            row += 1
        }
    }
}
