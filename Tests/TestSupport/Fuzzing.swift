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
        var seeds = Seeds(share: share, usually: seconds)
        // One round at least, on however slow a machine.
        repeat {
            var generator = seeds.generator
            guard try body(&generator) else { break }
        } while seeds.next()
        return seeds.count
    }

    /// The same for what takes place on several threads.
    @discardableResult
    package static func repeatedly(
        share: Double = 1, usually seconds: Double, _ body: (SeededGenerator, _ seed: Int) async throws -> Void
    ) async rethrows -> Int {
        var seeds = Seeds(share: share, usually: seconds)
        repeat { try await body(seeds.generator, seeds.seed) } while seeds.next()
        return seeds.count
    }

    /// The seeds of one run, and for how long there are more.
    private struct Seeds {
        private let first = Fuzzing.variable("JOBRAKER_FUZZ_SEED") ?? 1
        private let isLong: Bool
        private let end: Double
        private(set) var count = 0

        init(share: Double, usually seconds: Double) {
            let asked = Fuzzing.variable("JOBRAKER_FUZZ_SECONDS")
            isLong = asked != nil
            end = Fuzzing.now() + (asked.map { Double($0) * share } ?? seconds)
        }

        var seed: Int { first + count }

        var generator: SeededGenerator {
            // Only in a long run: a test that is well says nothing.
            if isLong, seed % 1000 == 0 { print("fuzz: seeds up to \(seed)") }
            return SeededGenerator(seed: UInt64(max(0, seed)))
        }

        mutating func next() -> Bool {
            count += 1
            return Fuzzing.now() < end
        }
    }

    private static func variable(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
