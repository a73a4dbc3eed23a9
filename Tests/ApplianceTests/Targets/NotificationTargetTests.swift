import Platform
import Testing

@testable import Appliance

/// When a target is given up.
@Suite("A target's failures")
struct NotificationTargetTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let hour = 3600

    private func target() -> NotificationTarget { NotificationTarget(id: Identifier(rowID: 1), createdAt: Self.start) }

    @Test("Five days of failures without one success switch it off, and not a moment less")
    func failing() {
        var target = target()
        for hours in stride(from: 0, to: 120, by: 20) {
            let isEarly = target.noteFailure(isGone: false, at: Self.start.adding(seconds: hours * Self.hour))
            #expect(!isEarly)
        }
        let isJustBefore = target.noteFailure(isGone: false, at: Self.start.adding(seconds: 120 * Self.hour - 1))
        #expect(!isJustBefore)
        #expect(target.isEnabled && target.failingSince == Self.start && target.disabledAt == nil)
        let end = Self.start.adding(seconds: 120 * Self.hour)
        let isOffNow = target.noteFailure(isGone: false, at: end)
        #expect(isOffNow)
        #expect(!target.isEnabled && target.disabledAt == end && target.disabledReason == .failing)
        // What was still under way does not switch it off twice.
        let isOffTwice = target.noteFailure(isGone: false, at: end.adding(seconds: 1))
        #expect(!isOffTwice)
    }

    @Test("A success ends what was before it")
    func success() {
        var target = target()
        _ = target.noteFailure(isGone: false, at: Self.start)
        let middle = Self.start.adding(seconds: 40 * Self.hour)
        target.noteSuccess(at: middle)
        #expect(target.failingSince == nil && target.lastSuccessAt == middle)
        let later = Self.start.adding(seconds: 41 * Self.hour)
        _ = target.noteFailure(isGone: false, at: later)
        #expect(target.failingSince == later)
    }

    @Test("After a silence longer than any pause between attempts the days are counted anew; so after a clock that was ahead")
    func silence() {
        var target = target()
        _ = target.noteFailure(isGone: false, at: Self.start)
        let afterMonth = Self.start.adding(seconds: 720 * Self.hour)
        let isOffAfterMonth = target.noteFailure(isGone: false, at: afterMonth)
        #expect(!isOffAfterMonth)
        #expect(target.failingSince == afterMonth && target.isEnabled)
        let isOffByClock = target.noteFailure(isGone: false, at: Self.start)
        #expect(!isOffByClock)
        #expect(target.failingSince == Self.start)
    }

    @Test("One that says that it is gone is switched off at once; its owner can switch it on again with a clean slate")
    func gone() {
        var target = target()
        target.name = "My hook"
        let isGone = target.noteFailure(isGone: true, at: Self.start)
        #expect(isGone)
        #expect(target.disabledReason == .gone && target.disabledNotice.title == "A notification target was switched off: My hook")
        #expect(target.disabledNotice.message.contains("gone for good") && target.disabledNotice.data["reason"] == "gone")
        target.setEnabled(true)
        #expect(target.isEnabled && target.disabledAt == nil && target.disabledReason == nil && target.failingSince == nil)
    }

    @Test("The pauses are those of the specification, and telephones are given up earlier than programs")
    func pauses() {
        #expect(PushWork.pauses == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(NotificationTarget.silenceSeconds > (PushWork.pauses.max() ?? 0) * 11 / 10)
        #expect(NotificationTarget.Kind.allCases.map(\.attempts) == [10, 6, 6])
    }
}
