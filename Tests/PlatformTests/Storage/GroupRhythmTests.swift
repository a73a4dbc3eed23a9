import Testing

@testable import Platform

@Suite("When the writer waits for more")
struct GroupRhythmTests {
    private static func rhythm(members: Int, took: Int64) -> GroupRhythm {
        var rhythm = GroupRhythm()
        rhythm.note(members: members, took: took, endedAt: 1_000_000)
        return rhythm
    }

    @Test("After a slow commit of many it waits an eighth of it for those who are not back yet, at most a millisecond")
    func waits() {
        #expect(Self.rhythm(members: 80, took: 4_000).pause(waiting: 48, now: 1_000_000) == 500)
        #expect(Self.rhythm(members: 80, took: 4_000).pause(waiting: 79, now: 1_005_000) == 500)
        #expect(Self.rhythm(members: 2, took: 50_000).pause(waiting: 1, now: 1_000_000) == 1_000)
    }

    @Test("It does not wait on a fast disk, for a caller that is alone, when all are back, or for the past")
    func goesOn() {
        #expect(Self.rhythm(members: 80, took: 999).pause(waiting: 48, now: 1_000_000) == 0)
        #expect(Self.rhythm(members: 1, took: 4_000).pause(waiting: 1, now: 1_000_000) == 0)
        #expect(Self.rhythm(members: 80, took: 4_000).pause(waiting: 80, now: 1_000_000) == 0)
        #expect(Self.rhythm(members: 80, took: 4_000).pause(waiting: 2, now: 1_010_001) == 0)
        #expect(Self.rhythm(members: 80, took: 4_000).pause(waiting: 2, now: 999_999) == 0)
        #expect(GroupRhythm().pause(waiting: 1, now: 0) == 0)
    }
}
