/// The types of numbers that weights can have.
enum NumberType: String, Sendable {
    case single = "F32"
    case half = "F16"
    case brain = "BF16"
}

/// The numbers of one tensor, in single precision.
///
/// Those of a file in single precision stay where they are; others are
/// converted once, into memory of the tensor's own.
final class Tensor: @unchecked Sendable {
    // Safety: the numbers never change after `init`, and lie either in `memory`,
    // which the tensor keeps, or in memory of its own that lives until `deinit`.
    let numbers: UnsafePointer<Float>
    let count: Int
    /// The file that the numbers lie in; nil where they are converted.
    let memory: WeightBytes?

    init(_ bytes: UnsafeRawBufferPointer, of type: NumberType, in memory: WeightBytes) {
        let width = type == .single ? 4 : 2
        count = bytes.count / width
        if type == .single, let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 {
            numbers = base.assumingMemoryBound(to: Float.self)
            self.memory = memory
            return
        }
        let own = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
        for index in 0..<count {
            let value: Float
            switch type {
            case .single: value = Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            case .half: value = Self.single(half: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
            case .brain:
                let high = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                value = Float(bitPattern: UInt32(high) << 16)
            }
            (own + index).initialize(to: value)
        }
        numbers = UnsafePointer(own)
        self.memory = nil
    }

    deinit {
        if memory == nil { numbers.deallocate() }
    }

    /// By hand, since not every platform has `Float16`.
    static func single(half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 0x1F)
        let fraction = Float(half & 0x3FF) / 1024
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        }
    }
}
