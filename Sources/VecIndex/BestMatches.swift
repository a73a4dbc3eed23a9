/// The best rows met so far, at most `capacity` of them: a heap with the worst on top, so that a row which
/// does not belong among them costs one comparison. Of two rows with the same rank the lower id is better,
/// which makes results independent of the order in which rows are met.
struct BestMatches {
    struct Entry {
        let rank: Float
        let id: Int64

        func isWorse(than other: Entry) -> Bool {
            rank != other.rank ? rank < other.rank : id > other.id
        }
    }

    let capacity: Int
    private var entries: [Entry] = []

    /// - Parameter capacity: one or more.
    init(capacity: Int) {
        self.capacity = capacity
        entries.reserveCapacity(capacity)
    }

    /// The lowest rank that can still get in (an equal one may, by its id), or nil while there is room.
    var floor: Float? {
        entries.count < capacity ? nil : entries[0].rank
    }

    mutating func offer(rank: Float, id: Int64) {
        let entry = Entry(rank: rank, id: id)
        if entries.count < capacity {
            entries.append(entry)
            siftUp(from: entries.count - 1)
        } else if entries[0].isWorse(than: entry) {
            entries[0] = entry
            siftDown()
        }
    }

    /// The rows, best first, with ranks turned back into scores.
    func matches(metric: VectorMetric) -> [VectorMatch] {
        entries.sorted { $1.isWorse(than: $0) }.map { VectorMatch(id: $0.id, score: metric.rank(ofScore: $0.rank)) }
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isWorse(than: entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child].isWorse(than: entries[worst]) {
                worst = child
            }
            guard worst != parent else { return }
            entries.swapAt(parent, worst)
            parent = worst
        }
    }
}
