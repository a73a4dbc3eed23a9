import CVecKernels

/// A random rotation that takes n·log n steps: rounds of random signs and fast Hadamard transforms.
///
/// Codes treat all numbers of a vector alike, whatever each of them means. After a rotation that knows nothing
/// of the data each number holds about the same share of any vector, and the errors of the codes are random.
struct Rotation: Sendable {
    private static let rounds = 4

    /// The numbers of a rotated vector: the dimension, rounded up to a multiple of 64. The rest is zeros.
    let size: Int
    private let multipliers: [Float]

    init(dimension: Int, seed: UInt64) {
        let size = Self.size(dimension: dimension)
        var part = 64
        while 2 * part <= size { part *= 2 }
        var state = seed
        var multipliers: [Float] = []
        multipliers.reserveCapacity(Self.rounds * size)
        for round in 0..<Self.rounds {
            // What each step of `cvec_rotate` makes longer is taken back here.
            let transformed = round % 2 == 0 ? 0..<part : size - part..<size
            let transform = 1 / Float(part).squareRoot()
            let mixing = part == size ? 1 : Float(0.5).squareRoot()
            for index in 0..<size {
                let length = (transformed.contains(index) ? transform : 1) * mixing
                multipliers.append(Self.next(&state) & 1 == 0 ? length : -length)
            }
        }
        self.size = size
        self.multipliers = multipliers
    }

    static func size(dimension: Int) -> Int {
        (dimension + 63) / 64 * 64
    }

    /// Rotates `size` numbers in place.
    func apply(_ vector: UnsafeMutablePointer<Float>) {
        cvec_rotate(vector, size, multipliers, Self.rounds)
    }

    /// SplitMix64. The same seed gives the same rotation everywhere.
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) >> 32
    }
}
