import Testing

@testable import Platform

@Suite struct ClockTests {
    private let start = Timestamp(seconds: 1_000)

    @Test("the computer's clock is past the year 2025 and goes forward")
    func systemClock() async throws {
        let clock = SystemClock()
        let before = clock.now()
        try await clock.sleep(microseconds: 1)
        try await clock.sleep(microseconds: -1)
        #expect(before > Timestamp(seconds: 1_735_689_600))
        #expect(clock.now() >= before)
    }

    @Test("a manual clock stands still until it is moved")
    func standsStill() {
        let clock = ManualClock(start)
        #expect(clock.now() == start)
        clock.advance(seconds: 5)
        clock.advance(microseconds: 7)
        #expect(clock.now() == Timestamp(microseconds: 1_005_000_007))
        #expect(ManualClock().now() == Timestamp(seconds: 1_700_000_000))
    }

    @Test("a sleeper wakes when its time has come and not before")
    func wakes() async throws {
        let clock = ManualClock(start)
        async let early: Void = clock.sleep(microseconds: 1_000_000)
        async let late: Void = clock.sleep(microseconds: 3_000_000)
        await clock.untilSleeping(2)
        clock.advance(microseconds: 999_999)
        #expect(clock.sleeperCount == 2)
        clock.advance(microseconds: 1)
        try await early
        #expect(clock.sleeperCount == 1)
        clock.advance(seconds: 2)
        try await late
        #expect(clock.sleeperCount == 0)
    }

    @Test("sleeping for no time returns at once")
    func noTime() async throws {
        let clock = ManualClock(start)
        try await clock.sleep(microseconds: 0)
        await clock.untilSleeping(0)
        #expect(clock.now() == start)
    }

    @Test("a cancelled sleeper wakes with an error")
    func cancellation() async {
        let clock = ManualClock(start)
        let sleeper = Task { try await clock.sleep(microseconds: 1_000_000) }
        await clock.untilSleeping()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("a cancelled task does not fall asleep")
    func cancelledBefore() async {
        let clock = ManualClock(start)
        let gate = ManualClock(start)
        let sleeper = Task {
            try? await gate.sleep(microseconds: 1)
            try await clock.sleep(microseconds: 1_000_000)
        }
        await gate.untilSleeping()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test("tasks cancelled at any moment all end", arguments: 0..<50)
    func cancellationRace(round: Int) async {
        let clock = ManualClock(start)
        let sleepers = (0..<8).map { _ in Task { try await clock.sleep(microseconds: 1) } }
        for sleeper in sleepers { sleeper.cancel() }
        for sleeper in sleepers { await #expect(throws: CancellationError.self) { try await sleeper.value } }
        #expect(clock.sleeperCount == 0)
    }
}
