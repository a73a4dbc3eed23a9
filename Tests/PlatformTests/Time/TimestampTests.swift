import Testing

@testable import Platform

@Suite struct TimestampTests {
    @Test(
        "writes and reads ISO 8601",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_795_425_612_770_374, "2026-11-23T09:20:12.770374Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (-2_203_891_200_000_000, "1900-03-01T00:00:00Z"), (4_107_542_399_500_000, "2100-02-28T23:59:59.500000Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func iso(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).iso == text)
        #expect(Timestamp(iso: text) == Timestamp(microseconds: microseconds))
    }

    @Test(
        "reads the other forms of input",
        arguments: [
            ("2026-11-23T09:20", "2026-11-23T09:20:00Z"), ("2026-11-23 09:20:12", "2026-11-23T09:20:12Z"),
            ("2026-1-2T3:4:5", "2026-01-02T03:04:05Z"), ("2026-11-23T09:20:12.5", "2026-11-23T09:20:12.500000Z"),
            ("2026-11-23T09:20:12,25Z", "2026-11-23T09:20:12.250000Z"), ("2026-11-23T09:20:12.123456789", "2026-11-23T09:20:12.123456Z"),
            ("2026-11-23T09:20+02:30", "2026-11-23T06:50:00Z"), ("2026-11-23T09:20:00-05", "2026-11-23T14:20:00Z"),
            ("2026-11-23T09:20-0530", "2026-11-23T14:50:00Z"), ("2026-11-23T09:20 Z", "2026-11-23T09:20:00Z"),
            ("2024-02-29T00:30+01:00", "2024-02-28T23:30:00Z"),
        ])
    func forms(text: String, expected: String) {
        #expect(Timestamp(iso: text)?.iso == expected)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "2026", "2026-11-23", "26-11-23T09:20", "2026/11/23T09:20", "2026-11/23T09:20", "2026-11-23t09:20", "2026-11-23T09",
            "2026-11-23T0920", "2026-11-23T09:", "2026-11-23T09:20:", "2026-11-23T09:20:1x", "2026-11-23T09:20:12.", "2026-11-23T09:20z",
            "2026-11-23T09:20+2", "2026-11-23T09:20+02:", "2026-11-23T09:20+24:00", "2026-11-23T09:20+02:60", "2026-11-23T09:20ZZ",
            "2026-11-23T09:20:12.1234567890123", "2026-13-01T00:00", "2026-00-01T00:00", "2026-02-29T00:00", "1900-02-29T00:00",
            "2026-04-31T00:00", "2026-01-00T00:00", "2026-01-01T24:00", "2026-01-01T00:60", "2026-01-01T00:00:60", "0000-01-01T00:00",
            "0001-01-01T00:00+00:01", "9999-12-31T23:59-00:01", " 2026-11-23T09:20", "tomorrow", "٢٠٢٦-11-23T09:20",
        ])
    func refusals(text: String) {
        #expect(Timestamp(iso: text) == nil)
    }

    @Test("agrees with itself on every day of eight centuries")
    func calendar() throws {
        var previous: CivilTime?
        for day in Int64(-146_100)...146_100 {
            let moment = Timestamp(seconds: day * 86_400 + 45_296)
            let civil = CivilTime(moment)
            #expect(civil.timestamp == moment)
            if let previous {
                let isNextDay = civil.day == previous.day + 1 && civil.month == previous.month && civil.year == previous.year
                let isNextMonth = civil.day == 1 && previous.day == CivilTime.days(inMonth: previous.month, of: previous.year)
                #expect(isNextDay || isNextMonth)
                #expect(civil.weekday == previous.weekday % 7 + 1)
            }
            previous = civil
        }
    }

    @Test("knows the day of the week and the time of day")
    func civil() throws {
        let civil = CivilTime(Timestamp(microseconds: 1_795_425_612_770_374))
        #expect(civil == CivilTime(year: 2026, month: 11, day: 23, hour: 9, minute: 20, second: 12, microsecond: 770_374))
        #expect(civil.weekday == 1)
        #expect(CivilTime(Timestamp(microseconds: 0)).weekday == 4)
        #expect(CivilTime(Timestamp(microseconds: -1)).microsecond == 999_999)
        #expect(CivilTime(year: 2026, month: 1, day: 1, microsecond: 1_000_000) == nil)
    }

    @Test("rounds seconds down and never overflows")
    func arithmetic() {
        #expect(Timestamp(microseconds: 1_999_999).seconds == 1)
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_001).seconds == -2)
        #expect(Timestamp(microseconds: 5).adding(seconds: -1) == Timestamp(microseconds: -999_995))
        #expect(Timestamp(microseconds: 5).adding(seconds: .max) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: -5).adding(seconds: .min) == Timestamp(microseconds: .min))
        #expect(Timestamp(microseconds: .max).adding(microseconds: 1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min).adding(microseconds: -1) == Timestamp(microseconds: .min))
        #expect(Timestamp(microseconds: 1) < Timestamp(microseconds: 2))
    }

    @Test("writes even the ends of time")
    func extremes() {
        #expect(Timestamp(microseconds: .max).iso == "294247-01-10T04:00:54.775807Z")
        #expect(Timestamp(microseconds: .min).iso == "-290308-12-21T19:59:05.224192Z")
    }

    @Test("gives the day in UTC")
    func day() {
        #expect(Timestamp(microseconds: 1_795_425_612_770_374).dayText == "2026-11-23")
        #expect(Timestamp(microseconds: -1).dayText == "1969-12-31")
    }

    @Test("gives the minute for a title")
    func minute() {
        #expect(Timestamp(microseconds: 1_795_425_612_770_374).minuteText == "2026-11-23 09:20")
    }
}
