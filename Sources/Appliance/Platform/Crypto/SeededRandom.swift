import Synchronization

/// A random source that repeats itself from one seed. **For tests only**: whoever
/// knows the seed knows every byte.
///
/// The generator is SplitMix64. Calls from several threads are safe, but their order,
/// and with it who gets which bytes, is then no longer repeatable.
package final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    package init(_ seed: UInt64 = 0) { state = Mutex(seed) }

    package func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 7)
            while bytes.count < count {
                var word = Self.next(&state)
                for _ in 0..<8 {
                    bytes.append(UInt8(truncatingIfNeeded: word))
                    word >>= 8
                }
            }
            return Array(bytes.prefix(count))
        }
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
