import TestSupport
import Testing

@testable import Platform

@Suite("Timetables") struct TimetableTests {
    static func timetable(_ text: String, _ zone: String) throws -> Timetable { try Timetable(text, zone: zone) }

    @Test(
        "Where the clock changes, a time that is left out has its slot at the change, and one that comes twice has it the first time",
        arguments: [
            // New York: left out on the 8th of March from two to three, twice on the 1st of November from one to two.
            ("30 2 * * *", "America/New_York", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:30"]),
            ("0,30 2 * * *", "America/New_York", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:00"]),
            ("0 2,3 * * *", "America/New_York", "2026-03-08T00:00", ["2026-03-08T07:00", "2026-03-09T06:00", "2026-03-09T07:00"]),
            ("30 1 * * *", "America/New_York", "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
            ("0,30 1 * * *", "America/New_York", "2026-11-01T04:00", ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-02T06:00"]),
            ("0 2 * * *", "America/New_York", "2026-11-01T04:00", ["2026-11-01T07:00"]),
            // Berlin: left out on the 29th of March from two to three, twice on the 25th of October from two to three.
            ("0 */4 * * *", "Europe/Berlin", "2026-03-28T22:00", ["2026-03-28T23:00", "2026-03-29T02:00", "2026-03-29T06:00"]),
            ("0 2 * * *", "Europe/Berlin", "2026-03-28T22:00", ["2026-03-29T01:00", "2026-03-30T00:00"]),
            ("0 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T00:00", "2026-10-26T01:00"]),
            ("30 2 * * sun", "Europe/Berlin", "2026-03-27T00:00", ["2026-03-29T01:00", "2026-04-05T00:30"]),
            // Half an hour, and a whole day.
            ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", ["2026-10-03T15:30", "2026-10-04T15:15"]),
            ("0 9 * * *", "Pacific/Apia", "2011-12-29T20:00", ["2011-12-30T10:00", "2011-12-30T19:00"]),
        ] as [(String, String, String, [String])])
    func timesOfDay(text: String, zone: String, from: String, expected: [String]) throws {
        try expect(text, zone, from, expected)
    }

    @Test(
        "What runs in every hour counts the hours that pass",
        arguments: [
            ("30 * * * *", "America/New_York", "2026-03-08T06:00", ["2026-03-08T06:30", "2026-03-08T07:30"]),
            (
                "*/30 0-23 * * *", "America/New_York", "2026-11-01T04:59",
                ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30", "2026-11-01T07:00"]
            ),
            ("15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00", ["2026-04-04T14:15", "2026-04-04T15:45", "2026-04-04T16:45"]),
        ] as [(String, String, String, [String])])
    func hours(text: String, zone: String, from: String, expected: [String]) throws {
        try expect(text, zone, from, expected)
    }

    private func expect(_ text: String, _ zone: String, _ from: String, _ expected: [String]) throws {
        let timetable = try Self.timetable(text, zone)
        var moment = try #require(Timestamp(iso: from))
        for slot in expected {
            moment = try #require(timetable.next(after: moment))
            #expect(moment.iso == slot + ":00Z")
        }
    }

    @Test("Slots come strictly after the moment that is asked about, also within a second")
    func strictly() throws {
        let timetable = try Self.timetable("0 9 * * *", "UTC")
        let slot = try #require(Timestamp(iso: "2026-01-01T09:00"))
        #expect(timetable.next(after: slot.adding(microseconds: -1)) == slot)
        #expect(timetable.next(after: slot) == slot.adding(seconds: 86_400))
        #expect(timetable.next(after: slot.adding(microseconds: 1)) == slot.adding(seconds: 86_400))
    }

    @Test("The latest slot is found however far back it is, and not before the start")
    func latest() throws {
        let yearly = try Self.timetable("0 0 1 1 *", "UTC")
        let (start, end) = (try #require(Timestamp(iso: "2000-06-01T00:00")), try #require(Timestamp(iso: "2026-12-31T00:00")))
        let slot = try #require(Timestamp(iso: "2026-01-01T00:00"))
        #expect(yearly.latest(after: start, through: end) == slot)
        #expect(yearly.latest(after: start, through: slot) == slot)
        #expect(yearly.latest(after: slot, through: end) == nil)
        #expect(yearly.latest(after: end, through: start) == nil)
        #expect(yearly.latest(after: Timestamp(microseconds: .min), through: end) == slot)
        let minutely = try Self.timetable("* * * * *", "UTC")
        #expect(minutely.latest(after: start, through: end.adding(seconds: 59)) == end)
    }

    /// What a reader of the doc comment would work out, minute by minute.
    private static func naive(_ timetable: Timetable, from start: Int64, to end: Int64) -> [Int64] {
        var slots: Set<Int64> = []
        let (expression, zone) = (timetable.expression, timetable.zone)
        func names(_ local: Int64) -> Bool { expression.firstMinute(from: local) == local }
        var seen: Set<Int64> = []
        var previous: Int64?
        // Two hours earlier, so that it knows which times have been.
        for second in stride(from: start - 7200, through: end, by: 60) {
            let local = second + Int64(zone.offset(at: second))
            if let previous, local > previous + 60, !expression.isEveryHour,
                stride(from: previous + 60, to: local, by: 60).contains(where: names)
            {
                slots.insert(second)
            }
            if names(local), expression.isEveryHour || seen.insert(local).inserted { slots.insert(second) }
            previous = local
        }
        return slots.filter { $0 > start && $0 <= end }.sorted()
    }

    private static func anything(_ generator: inout SeededGenerator) -> String {
        func field(_ low: Int, _ high: Int) -> String {
            func number() -> Int { Int.random(in: low...high, using: &generator) }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: return "*"
            case 1: return "\(number())"
            case 2: return "*/\(Int.random(in: 1...max(1, high / 3), using: &generator))"
            default:
                let ends = [number(), number()].sorted()
                return "\(ends[0])-\(ends[1]),\(number())"
            }
        }
        let days = Bool.random(using: &generator) ? "* * *" : "\(field(1, 28)) * \(field(0, 6))"
        return "\(field(0, 59)) \(field(0, 4)) \(days)"
    }

    @Test("For any expression the slots around a change are those of a walk minute by minute")
    func walked() throws {
        let changes: [(zone: String, at: String)] = [
            ("America/New_York", "2026-03-08T07:00"), ("America/New_York", "2026-11-01T06:00"), ("Europe/Berlin", "2026-03-29T01:00"),
            ("Europe/Berlin", "2026-10-25T01:00"), ("Australia/Lord_Howe", "2026-04-04T15:00"), ("UTC", "2026-03-29T01:00"),
        ]
        try Fuzzing.repeatedly(usually: 0.3) { generator in
            guard let change = changes.randomElement(using: &generator) else { return false }
            let text = Self.anything(&generator)
            let timetable = try Self.timetable(text, change.zone)
            let middle = try #require(Timestamp(iso: change.at)).seconds
            let (start, end) = (middle - 8 * 3600, middle + 8 * 3600)
            var found: [Int64] = []
            var moment = Timestamp(seconds: start)
            while let slot = timetable.next(after: moment), slot.seconds <= end {
                found.append(slot.seconds)
                moment = slot
            }
            let expected = Self.naive(timetable, from: start, to: end)
            #expect(found == expected, "\(text) in \(change.zone)")
            #expect(timetable.latest(after: Timestamp(seconds: start), through: Timestamp(seconds: end))?.seconds == expected.last)
            return found == expected
        }
    }
}
