import CVecKernels

/// The codes of a segment's rows, in the same places, all relative to one frame. A place without a row is all
/// zeros, and so is the memory when it is given back: like its vector, a removed row's code leaves nothing.
///
/// From a row's code a scan computes an integer, from that an estimate of the row's rank, and adds what the
/// estimate may err by (see `CodedQuery`). The rank is  base + constant + factor·S,  where S estimates the inner
/// product of the rotated query with the code: a row's factor and constant are kept beside it.
final class SegmentCodes: @unchecked Sendable {
    // Safety: as for `Segment`. Codes change only through `FlatRows`, under the index's lock, after making
    // sure that no one else refers to them; readers refer to them for as long as they read.

    let frame: CodeFrame
    private let capacity: Int
    /// The largest relative error of a row's code (see `CodedQuery`) since this was made.
    private(set) var spread: Float = 0
    private let memory: UnsafeMutableRawPointer
    private let factors: UnsafeMutablePointer<Float>
    private let constants: UnsafeMutablePointer<Float>
    private let size: Int

    init(frame: CodeFrame) {
        self.frame = frame
        capacity = Segment.capacity(dimension: frame.dimension)
        size = capacity * frame.bytesPerRow
        memory = frame.pool.take()
        let numbers = memory + capacity * (frame.bytesPerRow - 2 * MemoryLayout<Float>.stride)
        factors = numbers.bindMemory(to: Float.self, capacity: capacity)
        constants = (numbers + capacity * MemoryLayout<Float>.stride).bindMemory(to: Float.self, capacity: capacity)
    }

    deinit {
        cvec_wipe(memory, size)
        frame.pool.give(memory)
    }

    /// The codes of all rows of a segment.
    convenience init(frame: CodeFrame, of segment: Segment) {
        self.init(frame: frame)
        segment.read { rows in
            for place in 0..<rows.count { encode(at: place, of: rows) }
        }
    }

    func copy() -> SegmentCodes {
        let copy = SegmentCodes(frame: frame)
        copy.memory.copyMemory(from: memory, byteCount: size)
        copy.spread = spread
        return copy
    }

    /// Encodes the row of the segment at a place. Returns its squared distance from the centre.
    @discardableResult
    func encode(at place: Int, of rows: Segment.Contents) -> Double {
        let scale = CodeFrame.scale(length: rows.lengths[place], metric: frame.metric)
        return frame.withResidual(of: rows.values + place * frame.dimension, scale: scale) { rotated, residual in
            let factor: Double
            if frame.codes == .bits {
                let sum = cvec_bits_encode(&rotated, frame.rotation.size, block(of: place), place % Int(CVEC_BLOCK))
                factor = sum > 0 ? residual.squares / sum : 0
                // How much of the row lies along its code; what does not is where the error comes from.
                let along = residual.squares > 0 ? sum * sum / (Double(frame.rotation.size) * residual.squares) : 1
                spread = max(spread, Float(max(0, 1 - along).squareRoot()))
            } else {
                var step: Float = 0
                let squares = cvec_bytes_encode(&rotated, frame.rotation.size, bytes(of: place), &step)
                factor = Double(step)
                spread = max(spread, Float(squares.squareRoot()))
            }
            switch frame.metric {
            case .cosine, .innerProduct:
                factors[place] = Float(factor)
                constants[place] = CodedQuery.roundedUp(residual.along)
            case .l2:
                factors[place] = Float(2 * factor)
                constants[place] = CodedQuery.roundedUp(-residual.squares)
            }
            return residual.squares
        }
    }

    /// Writes zeros over a row's code.
    func clear(at place: Int) {
        if frame.codes == .bits {
            cvec_bits_clear(block(of: place), frame.rotation.size, place % Int(CVEC_BLOCK))
        } else {
            cvec_wipe(bytes(of: place), frame.rotation.size)
        }
        factors[place] = 0
        constants[place] = 0
    }

    /// Writes the rows that may reach the floor to `candidates`, which has room for all; returns how many there are.
    ///
    /// - Parameters:
    ///   - count: how many rows the segment has.
    ///   - allowed: the bits of this segment's rows, or nil if all are allowed.
    ///   - first: the position of the first row.
    func scan(
        count: Int, for query: CodedQuery, floor: Float, allowed: UnsafePointer<UInt64>?, first: Int,
        into candidates: UnsafeMutablePointer<cvec_candidate>
    ) -> Int {
        var scan = cvec_scan(
            scale: query.scale, offset: query.offset + query.slack(spread: spread), base: query.base, floor: floor, allowed: allowed,
            first: UInt32(truncatingIfNeeded: first))
        // The pointers do not keep the codes alive by themselves.
        return withExtendedLifetime(self) {
            switch frame.codes {
            case .bits:
                cvec_bits_scan(
                    block(of: 0), factors, constants, count, frame.rotation.size, query.table, &scan, candidates)
            case .int8, .none:
                cvec_bytes_scan(bytes(of: 0), factors, constants, count, frame.rotation.size, query.bytes, &scan, candidates)
            }
        }
    }

    /// Whether the row at a place, which has this bound, may have a rank.
    func mayReach(_ rank: Float, bound: Float, place: Int, for query: CodedQuery) -> Bool {
        withExtendedLifetime(self) {
            query.mayReach(rank, bound: bound, factor: factors[place], constant: constants[place], spread: spread)
        }
    }

    /// All of the memory, for tests.
    var contents: [UInt8] {
        Array(UnsafeRawBufferPointer(start: memory, count: size))
    }

    private func block(of place: Int) -> UnsafeMutablePointer<UInt8> {
        let rows = place / Int(CVEC_BLOCK) * Int(CVEC_BLOCK)
        return (memory + rows * frame.rotation.size / 8).assumingMemoryBound(to: UInt8.self)
    }

    private func bytes(of place: Int) -> UnsafeMutablePointer<Int8> {
        (memory + place * frame.rotation.size).assumingMemoryBound(to: Int8.self)
    }
}
