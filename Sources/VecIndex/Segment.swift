import CVecKernels

/// A fixed number of places for rows (id, length, vector), filled from the front.
///
/// The index keeps its rows in segments of about half a megabyte, and not in one array, for three reasons: a
/// writer that meets a reader copies one segment and not everything, memory goes back a segment at a time, and
/// growing never needs old and new side by side. A place without a row is all zeros, and so is the memory
/// when it is given back, so that a removed vector leaves nothing behind.
final class Segment: @unchecked Sendable {
    // Safety: a segment changes only through `FlatRows.writable`, which runs under the index's lock and first
    // makes sure that no one else refers to it (it copies it otherwise). Readers refer to it for as long as
    // they read. So whatever two threads can both reach does not change.

    let dimension: Int
    let capacity: Int
    private(set) var count = 0
    private let pool: SlotPool
    private let memory: UnsafeMutableRawPointer
    private let values: UnsafeMutablePointer<Float>
    private let lengths: UnsafeMutablePointer<Float>
    private let ids: UnsafeMutablePointer<Int64>

    /// The memory of a segment, valid inside the closure that received it. `values` has `capacity` rows.
    struct Contents {
        let count: Int
        let values: UnsafePointer<Float>
        let lengths: UnsafePointer<Float>
        let ids: UnsafePointer<Int64>
    }

    /// Rows a segment for a dimension: a power of two, and a multiple of the 64 bits of a bitmap's word.
    static func capacity(dimension: Int) -> Int {
        var rows = 64
        while rows < 4096 && 2 * rows * dimension <= 128 * 1024 { rows *= 2 }
        return rows
    }

    init(dimension: Int, pool: SlotPool) {
        self.dimension = dimension
        self.pool = pool
        capacity = Segment.capacity(dimension: dimension)
        memory = pool.take()
        values = memory.bindMemory(to: Float.self, capacity: capacity * dimension)
        ids = (memory + capacity * dimension * MemoryLayout<Float>.stride).bindMemory(to: Int64.self, capacity: capacity)
        lengths = (memory + capacity * (dimension * MemoryLayout<Float>.stride + MemoryLayout<Int64>.stride))
            .bindMemory(to: Float.self, capacity: capacity)
    }

    deinit {
        cvec_wipe(values, count * dimension * MemoryLayout<Float>.stride)
        cvec_wipe(ids, count * MemoryLayout<Int64>.stride)
        cvec_wipe(lengths, count * MemoryLayout<Float>.stride)
        pool.give(memory)
    }

    /// The bytes that a full segment of this dimension holds.
    static func bytes(dimension: Int) -> Int {
        capacity(dimension: dimension) * (dimension * MemoryLayout<Float>.stride + MemoryLayout<Float>.stride + MemoryLayout<Int64>.stride)
    }

    func read<T>(_ body: (Contents) -> T) -> T {
        // The pointers do not keep the segment alive by themselves.
        withExtendedLifetime(self) {
            body(Contents(count: count, values: values, lengths: lengths, ids: ids))
        }
    }

    func copy() -> Segment {
        let copy = Segment(dimension: dimension, pool: pool)
        copy.values.update(from: values, count: count * dimension)
        copy.lengths.update(from: lengths, count: count)
        copy.ids.update(from: ids, count: count)
        copy.count = count
        return copy
    }

    /// - Precondition: `count < capacity`.
    func append(id: Int64, vector: [Float], length: Float) {
        ids[count] = id
        overwrite(at: count, vector: vector, length: length)
        count += 1
    }

    func overwrite(at place: Int, vector: [Float], length: Float) {
        (values + place * dimension).update(from: vector, count: dimension)
        lengths[place] = length
    }

    /// Puts the last row of a segment (which may be this one) in place of one of this segment's rows.
    func overwrite(at place: Int, withLastOf other: Segment) {
        let last = other.count - 1
        (values + place * dimension).update(from: other.values + last * dimension, count: dimension)
        lengths[place] = other.lengths[last]
        ids[place] = other.ids[last]
    }

    /// Removes the last row and writes zeros over it.
    func dropLast() {
        count -= 1
        cvec_wipe(values + count * dimension, dimension * MemoryLayout<Float>.stride)
        lengths[count] = 0
        ids[count] = 0
    }
}
