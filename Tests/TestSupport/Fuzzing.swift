import Glibc

/// How long things are tried out with input that is made by chance: a moment in every test run, and as long as
/// `make fuzz` says there. What is found is a trap, which ends the run and leaves its seed in the last line, or an answer
/// that cannot be.
package enum Fuzzing {
    /// Runs `body` with one seed after another until its share of the time is up, and returns how often. It ends early
    /// when `body` says so, by returning false.
    @discardableResult
    package static func repeatedly(
        share: Double = 1, usually seconds: Double, _ body: (inout SeededGenerator) throws -> Bool
    ) rethrows -> Int {
        let asked = variable("JOBRAKER_FUZZ_SECONDS")
        let first = variable("JOBRAKER_FUZZ_SEED") ?? 1
        let end = now() + (asked.map { Double($0) * share } ?? seconds)
        var seed = first
        // One round at least, on however slow a machine.
        repeat {
            // Only in a long run: a test that is well says nothing.
            if asked != nil, seed % 1000 == 0 { print("fuzz: seeds up to \(seed)") }
            var generator = SeededGenerator(seed: UInt64(max(0, seed)))
            guard try body(&generator) else { break }
            seed += 1
        } while now() < end
        return seed - first
    }

    private static func variable(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
