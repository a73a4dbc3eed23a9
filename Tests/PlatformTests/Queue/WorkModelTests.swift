import TestSupport
import Testing

@testable import Platform

/// The queue against a model of it: a moment in every run, and as long as `make fuzz` says there.
@Suite("Work against its model", .timeLimit(.minutes(15)))
struct WorkModelTests {
    private static let stepsOfOneSeed = 150

    @Test("Whatever comes together, no item is lost, none is done twice or beside itself, and no key is taken twice")
    func model() async throws {
        var options = TestDatabase.options
        // A power cut is another test's matter.
        options.syncsOnlyAtCheckpoints = true
        let count = try await Fuzzing.repeatedly(usually: 1) { generator, seed in
            try await withDatabase(options: options, migrations: WorkFixture.migrations) { test in
                let world = WorkModelWorld(test, generator)
                do {
                    for _ in 0..<Self.stepsOfOneSeed {
                        try await world.step()
                        try world.compare()
                    }
                    try await world.settle()
                } catch {
                    Issue.record("seed \(seed): \(error)")
                }
            }
        }
        #expect(count > 0)
    }
}
