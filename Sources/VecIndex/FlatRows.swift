import Synchronization

/// Marks are unique in the process, so that a bitmap of one index never fits another.
private let lastStamp = Atomic<UInt64>(0)

/// The rows of a flat index and where each id's row is: a value whose mutating functions are the index's
/// writes. A row's position is its segment times the segment's capacity plus its place; positions are dense.
struct FlatRows {
    let metric: VectorMetric
    let dimension: Int
    private(set) var count = 0
    private var parts: [FlatPart] = []
    private var positions: [Int64: Int] = [:]
    private var stamp = FlatRows.freshStamp()
    private let capacity: Int
    let pool: SlotPool
    /// What new parts' codes are relative to.
    private(set) var frame: CodeFrame?
    /// The rows encoded since the frame was adopted, and the sum of their squared distances from its centre.
    private(set) var newcomers = (count: 0, squares: 0.0)

    init(dimension: Int, metric: VectorMetric) {
        self.dimension = dimension
        self.metric = metric
        capacity = Segment.capacity(dimension: dimension)
        pool = SlotPool(bytes: Segment.bytes(dimension: dimension))
    }

    var snapshot: FlatSnapshot {
        FlatSnapshot(metric: metric, dimension: dimension, count: count, parts: parts, stamp: stamp)
    }

    var bytes: Int {
        parts.reduce(0) { $0 + $1.bytes }
            + positions.capacity * (MemoryLayout<Int64>.stride + MemoryLayout<Int>.stride)
    }

    var codedCount: Int {
        parts.reduce(0) { $0 + ($1.codes == nil ? 0 : $1.segment.count) }
    }

    func contains(_ id: Int64) -> Bool {
        positions[id] != nil
    }

    func vector(for id: Int64) -> [Float]? {
        guard let position = positions[id] else { return nil }
        return parts[position / capacity].segment.read { rows in
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
        append(id: id, vector: vector)
    }

    mutating func replace(id: Int64, vector: PreparedVector) throws(VecIndexError) {
        guard let position = positions[id] else { throw .unknownID(id) }
        overwrite(position, with: vector)
    }

    /// Adds the row, or replaces the one of this id.
    mutating func put(id: Int64, vector: PreparedVector) {
        if let position = positions[id] { overwrite(position, with: vector) } else { append(id: id, vector: vector) }
    }

    private mutating func append(id: Int64, vector: PreparedVector) {
        if count == parts.count * capacity {
            let segment = Segment(dimension: dimension, pool: pool)
            parts.append(FlatPart(segment: segment, codes: frame.map { SegmentCodes(frame: $0) }))
        }
        parts[parts.count - 1].writableSegment().append(id: id, vector: vector.values, length: Float(vector.length))
        encode(count)
        positions[id] = count
        count += 1
        stamp = Self.freshStamp()
    }

    /// The row keeps its position, and so bitmaps stay valid.
    private mutating func overwrite(_ position: Int, with vector: PreparedVector) {
        parts[position / capacity].writableSegment()
            .overwrite(at: position % capacity, vector: vector.values, length: Float(vector.length))
        encode(position)
    }

    /// Moves the last row into the gap, so that positions stay dense and a removal costs two rows and not all.
    mutating func remove(id: Int64) throws(VecIndexError) {
        guard let position = positions.removeValue(forKey: id) else { throw .unknownID(id) }
        stamp = Self.freshStamp()
        count -= 1
        let last = count / capacity
        if position != count {
            let segment = parts[position / capacity].writableSegment()
            segment.overwrite(at: position % capacity, withLastOf: parts[last].segment)
            positions[segment.read { $0.ids[position % capacity] }] = position
            _ = parts[position / capacity].encode(at: position % capacity)
        }
        if count % capacity == 0 {
            parts.removeLast()  // wipes itself when the last reader lets go
        } else {
            parts[last].writableSegment().dropLast()
            parts[last].writableCodes()?.clear(at: count % capacity)
        }
        shrinkPositions()
    }

    /// Makes a frame the one of all codes that are made from now on.
    mutating func adopt(_ frame: CodeFrame) {
        self.frame = frame
        newcomers = (0, 0)
    }

    /// The first part from an index on whose codes are not of this frame.
    func part(at index: Int, lacking frame: CodeFrame) -> (index: Int, segment: Segment)? {
        for index in index..<max(index, parts.count) where parts[index].codes?.frame !== frame {
            return (index, parts[index].segment)
        }
        return nil
    }

    /// Installs the codes that were made of a segment. Returns false if there is another segment in its place by
    /// now, or none.
    mutating func install(_ codes: SegmentCodes, for segment: Segment, at index: Int) -> Bool {
        guard index < parts.count, parts[index].segment === segment else { return false }
        parts[index].install(codes)
        return true
    }

    /// Encodes a new row, where its part has codes, and notes how far it is from the centre.
    private mutating func encode(_ position: Int) {
        if let squares = parts[position / capacity].encode(at: position % capacity) {
            newcomers.count += 1
            newcomers.squares += squares
        }
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
