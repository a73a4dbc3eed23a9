import CCrypto

/// A source of random bytes: salts, identifiers, tokens and jitter all come from one.
///
/// It is injected wherever randomness is needed, so that a test can replay a run.
package protocol RandomSource: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

/// The machine's cryptographic random source, libcrypto's generator.
///
/// It never returns weak bytes: should libcrypto's generator fail (it is seeded from the
/// kernel, so only a broken machine gets there), the kernel is asked directly, and that
/// call ends the process rather than give anything predictable.
package struct SystemRandom: RandomSource {
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let status = RAND_bytes(&bytes, Int32(clamping: count))
        return status == 1 ? bytes : Self.kernelBytes(count)
    }

    static func kernelBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
