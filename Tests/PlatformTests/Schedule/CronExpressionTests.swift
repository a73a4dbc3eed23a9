import TestSupport
import Testing

@testable import Platform

@Suite("Cron expressions") struct CronExpressionTests {
    /// The next slots in UTC; a date alone is its midnight. The first of January 2026 is a Thursday.
    @Test(
        "Each expression names the moments that cron would",
        arguments: [
            ("*/15 * * * *", "2026-01-01T00:07", ["2026-01-01T00:15", "2026-01-01T00:30"]),
            ("* * * * *", "2026-01-01T00:00", ["2026-01-01T00:01"]),
            ("0 9 * * mon", "2026-01-01T00:00", ["2026-01-05T09:00", "2026-01-12T09:00"]),
            ("30 4 1,15 * *", "2026-01-01T04:30", ["2026-01-15T04:30", "2026-02-01T04:30"]),
            ("0 8-18/5 * * *", "2026-01-01T09:00", ["2026-01-01T13:00", "2026-01-01T18:00", "2026-01-02T08:00"]),
            ("0,59 23 31 12 *", "2026-01-01T00:00", ["2026-12-31T23:00", "2026-12-31T23:59", "2027-12-31T23:00"]),
            // Either day is enough where both are limited; a field that begins with a star does not limit.
            ("0 0 13 * fri", "2026-01-01T00:00", ["2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16"]),
            ("0 0 */10 * fri", "2026-01-01T00:00", ["2026-05-01"]),
            ("0 0 29 2 */7", "2026-01-01T00:00", ["2032-02-29"]),
            ("0 0 13 * *", "2026-01-01T00:00", ["2026-01-13", "2026-02-13"]),
            // Names, Sunday's two numbers, weeks that end on it, and what a month does not have.
            ("0 0 * jan,JUL Sun", "2026-02-01T00:00", ["2026-07-05"]),
            ("0 0 * * 0", "2026-01-01T00:00", ["2026-01-04"]), ("0 0 * * 7", "2026-01-01T00:00", ["2026-01-04"]),
            ("0 0 * * 5-7", "2026-01-01T00:00", ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09"]),
            ("0 0 * * sat-sun", "2026-01-01T00:00", ["2026-01-03", "2026-01-04", "2026-01-10"]),
            ("0 0 31 * *", "2026-01-31T00:00", ["2026-03-31", "2026-05-31"]),
            ("0 0 29 2 *", "2026-01-01T00:00", ["2028-02-29", "2032-02-29"]),
            ("0 0 29 feb *", "2096-03-01T00:00", ["2104-02-29"]),
            // Words.
            ("@hourly", "2026-01-01T00:00", ["2026-01-01T01:00"]), ("@daily", "2026-01-01T00:00", ["2026-01-02"]),
            ("@midnight", "2026-01-01T00:01", ["2026-01-02"]), ("@weekly", "2026-01-01T00:00", ["2026-01-04"]),
            ("@monthly", "2026-01-01T00:00", ["2026-02-01"]), ("@Yearly", "2026-01-01T00:00", ["2027-01-01"]),
            ("@annually", "2026-01-01T00:00", ["2027-01-01"]), ("  0\t0  1 1 * ", "2026-01-01T00:00", ["2027-01-01"]),
        ] as [(String, String, [String])])
    func slots(text: String, from: String, expected: [String]) throws {
        let timetable = Timetable(try CronExpression(text), .utc)
        var moment = try #require(Timestamp(iso: from))
        for slot in expected {
            moment = try #require(timetable.next(after: moment))
            #expect(moment == Timestamp(iso: slot.count == 10 ? slot + "T00:00" : slot))
        }
    }

    @Test(
        "What is no expression is refused, with what is wrong with it",
        arguments: [
            ("", .fieldCount(0)), ("* * * *", .fieldCount(4)), ("* * * * * *", .fieldCount(6)),
            ("60 * * * *", .outside(field: .minute, part: "60")), ("* 24 * * *", .outside(field: .hour, part: "24")),
            ("* * 0 * *", .outside(field: .day, part: "0")), ("* * 1-32 * *", .outside(field: .day, part: "1-32")),
            ("* * * 13 *", .outside(field: .month, part: "13")), ("* * * * 8", .outside(field: .weekday, part: "8")),
            ("*/60 * * * *", .outside(field: .minute, part: "*/60")), ("-1 * * * *", .malformed(field: .minute, part: "-1")),
            ("+1 * * * *", .malformed(field: .minute, part: "+1")), ("* * * foo *", .malformed(field: .month, part: "foo")),
            ("* * mon * *", .malformed(field: .day, part: "mon")), ("*/0 * * * *", .malformed(field: .minute, part: "*/0")),
            ("5/10 * * * *", .malformed(field: .minute, part: "5/10")), ("*/2/2 * * * *", .malformed(field: .minute, part: "*/2/2")),
            ("1,,2 * * * *", .malformed(field: .minute, part: "")), ("** * * * *", .malformed(field: .minute, part: "**")),
            ("1-2-3 * * * *", .malformed(field: .minute, part: "1-2-3")),
            ("\u{FF11} * * * *", .malformed(field: .minute, part: "\u{FF11}")),
            ("5-1 * * * *", .backwards(field: .minute, part: "5-1")), ("* * * * sat-tue", .backwards(field: .weekday, part: "sat-tue")),
            ("@reboot", .unknownWord("@reboot")), ("@daily 5", .unknownWord("@daily 5")),
            ("0 0 30 2 *", .neverComes), ("0 0 31 4,6,9,11 *", .neverComes), (String(repeating: "0", count: 201), .tooLong),
        ] as [(String, CronProblem)])
    func refused(text: String, problem: CronProblem) {
        #expect(throws: problem) { try CronExpression(text) }
        #expect(!problem.words.isEmpty)
    }

    @Test("A problem reads as a part of a sentence")
    func words() {
        #expect(CronProblem.outside(field: .hour, part: "24").words == "\"24\" in hour is not from 0 to 23")
        #expect(CronProblem.malformed(field: .weekday, part: "funday").words == "\"funday\" is no day of week")
        #expect(CronProblem.fieldCount(4).words == "it has 4 fields in place of five: minute, hour, day of month, month, day of week")
    }

    @Test("A time zone may stand behind the fields, or behind a word")
    func zones() throws {
        #expect(try Timetable("0 9 * * mon", zone: "UTC").text == "0 9 * * mon UTC")
        #expect(try Timetable(" 0 9 * * mon  Europe/Berlin", zone: "UTC").text == "0 9 * * mon Europe/Berlin")
        #expect(try Timetable("@daily America/New_York", zone: "UTC").text == "@daily America/New_York")
        #expect(try Timetable("@daily", zone: "Europe/Berlin").zone.name == "Europe/Berlin")
        #expect(throws: CronProblem.unknownZone("Mars/Base")) { try Timetable("0 9 * * * Mars/Base", zone: "UTC") }
        #expect(throws: CronProblem.unknownZone("Mars/Base")) { try Timetable("@daily", zone: "Mars/Base") }
        #expect(throws: CronProblem.fieldCount(7)) { try Timetable("0 9 * * * * UTC", zone: "UTC") }
    }

    @Test("No text makes the reader do more than refuse it")
    func fuzz() {
        let letters = Array("0123456789*/,-@ \tjanfebsun7é")
        Fuzzing.repeatedly(usually: 0.05) { generator in
            let text = String((0..<Int.random(in: 0..<24, using: &generator)).map { _ in letters.randomElement(using: &generator) ?? "*" })
            if let expression = try? CronExpression(text) {
                _ = expression.firstMinute(from: Int64.random(in: -1000...1 << 40, using: &generator))
            }
            return true
        }
    }
}
