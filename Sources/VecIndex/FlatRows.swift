import Synchronization

/// Marks are unique in the process, so that a bitmap of one index never fits another.
private let lastStamp = Atomic<UInt64>(0)

/// The rows of a flat index and where each id's row is: a value whose mutating functions are the index's
/// writes. A row's position is its segment times the segment's capacity plus its place; positions are dense.
struct FlatRows {
    let metric: VectorMetric
    let dimension: Int
    private(set) var count = 0
    private var segments: [Segment] = []
    private var positions: [Int64: Int] = [:]
    private var stamp = FlatRows.freshStamp()
    private let capacity: Int

    init(dimension: Int, metric: VectorMetric) {
        self.dimension = dimension
        self.metric = metric
        capacity = Segment.capacity(dimension: dimension)
    }

    var snapshot: FlatSnapshot {
        FlatSnapshot(metric: metric, dimension: dimension, count: count, segments: segments, stamp: stamp)
    }

    var bytes: Int {
        segments.count * Segment.bytes(dimension: dimension)
            + positions.capacity * (MemoryLayout<Int64>.stride + MemoryLayout<Int>.stride)
    }

    func contains(_ id: Int64) -> Bool {
        positions[id] != nil
    }

    func vector(for id: Int64) -> [Float]? {
        guard let position = positions[id] else { return nil }
        return segments[position / capacity].read { rows in
            Array(UnsafeBufferPointer(start: rows.values + position % capacity * dimension, count: dimension))
        }
    }

    func bitmap(of ids: Set<Int64>) -> Bitmap {
        var bitmap = Bitmap(rows: count, stamp: stamp)
        for id in ids {
            if let position = positions[id] { bitmap.insert(position) }
        }
        return bitmap
    }

    mutating func add(id: Int64, vector: PreparedVector) throws(VecIndexError) {
        guard positions[id] == nil else { throw .duplicateID(id) }
        if count == segments.count * capacity { segments.append(Segment(dimension: dimension)) }
        writable(segments.count - 1).append(id: id, vector: vector.values, length: Float(vector.length))
        positions[id] = count
        count += 1
        stamp = Self.freshStamp()
    }

    /// The row keeps its position, and so bitmaps stay valid.
    mutating func replace(id: Int64, vector: PreparedVector) throws(VecIndexError) {
        guard let position = positions[id] else { throw .unknownID(id) }
        writable(position / capacity).overwrite(at: position % capacity, vector: vector.values, length: Float(vector.length))
    }

    /// Moves the last row into the gap, so that positions stay dense and a removal costs two rows and not all.
    mutating func remove(id: Int64) throws(VecIndexError) {
        guard let position = positions.removeValue(forKey: id) else { throw .unknownID(id) }
        stamp = Self.freshStamp()
        count -= 1
        let last = count / capacity
        if position != count {
            let segment = writable(position / capacity)
            segment.overwrite(at: position % capacity, withLastOf: segments[last])
            positions[segment.read { $0.ids[position % capacity] }] = position
        }
        if count % capacity == 0 {
            segments.removeLast()  // wipes itself when the last reader lets go
        } else {
            writable(last).dropLast()
        }
        shrinkPositions()
    }

    /// A segment that nothing else refers to: itself, or a copy put in its place while a reader has it.
    private mutating func writable(_ index: Int) -> Segment {
        if !isKnownUniquelyReferenced(&segments[index]) {
            segments[index] = segments[index].copy()
        }
        return segments[index]
    }

    /// A dictionary never gives memory back by itself. Rebuilding it at a quarter costs little a removal.
    private mutating func shrinkPositions() {
        guard positions.capacity > 1024, positions.count < positions.capacity / 4 else { return }
        var smaller = [Int64: Int](minimumCapacity: positions.count)
        for (id, position) in positions { smaller[id] = position }
        positions = smaller
    }

    private static func freshStamp() -> UInt64 {
        lastStamp.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
