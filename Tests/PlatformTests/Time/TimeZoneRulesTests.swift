import TestSupport
import Testing

@testable import Platform

@Suite("Time zones") struct TimeZoneRulesTests {
    private static func seconds(_ iso: String) throws -> Int64 { try #require(Timestamp(iso: iso)).seconds }

    private static func zone(_ name: String) throws -> TimeZoneRules { try #require(TimeZoneNames().rules(of: name)) }

    @Test(
        "The offset changes at the second at which the zone's clock does, now and long after the list of changes ends",
        arguments: [
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 3600, 7200), ("Europe/Berlin", "2026-10-25T01:00:00Z", 7200, 3600),
            ("America/New_York", "2026-03-08T07:00:00Z", -18_000, -14_400), ("America/New_York", "2026-11-01T06:00:00Z", -14_400, -18_000),
            ("America/New_York", "2099-03-08T07:00:00Z", -18_000, -14_400), ("Europe/Berlin", "2400-10-29T01:00:00Z", 7200, 3600),
            // Half an hour; a winter that is the exception; a day that was left out.
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 37_800, 39_600), ("Europe/Dublin", "2026-10-25T01:00:00Z", 3600, 0),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", -36_000, 50_400),
        ] as [(String, String, Int, Int)])
    func changes(name: String, at: String, before: Int, after: Int) throws {
        let (zone, at) = (try Self.zone(name), try Self.seconds(at))
        #expect(zone.offset(at: at - 1) == before && zone.offset(at: at) == after)
        let (old, new) = (zone.period(at: at - 1), zone.period(at: at))
        #expect(old.end == at && new.start == at && new.end > at && old.start < at)
    }

    @Test(
        "Periods follow each other without a gap, whether they are listed or ruled",
        arguments: ["Europe/Berlin", "America/New_York", "Europe/Dublin"])
    func periods(name: String) throws {
        let zone = try Self.zone(name)
        var period = zone.period(at: try Self.seconds("2020-01-01T00:00:00Z"))
        for _ in 0..<120 {
            let next = zone.period(at: period.end)
            #expect(next.start == period.end && zone.period(at: next.end - 1) == next)
            period = next
        }
        #expect(period.start > (try Self.seconds("2070-01-01T00:00:00Z")))
    }

    @Test("UTC is there without any file, has no changes, and a name that is none has no clock")
    func names() throws {
        let names = TimeZoneNames(folder: "/nowhere")
        #expect(names.rules(of: "UTC") == .utc && TimeZoneRules.utc.period(at: 0).end == .max)
        for name in ["Europe/Berlin", "", "../etc/passwd", "posix/UTC"] { #expect(names.rules(of: name) == nil) }
        #expect(TimeZoneNames().rules(of: "Europe/Atlantis") == nil)
        #expect(try Self.zone("Europe/Berlin").text(of: Timestamp(seconds: 1_795_766_400)) == "2026-11-27 09:00 +01:00")
        #expect(try Self.zone("Australia/Lord_Howe").text(of: Timestamp(seconds: 0)) == "1970-01-01 10:00 +10:00")
        #expect(try Self.zone("America/St_Johns").text(of: Timestamp(seconds: 1_795_766_400)) == "2026-11-27 04:30 -03:30")
    }

    @Test("The rule at the end of a file is read in every form that POSIX has")
    func rules() throws {
        let rows: [(text: String, standard: Int, begins: ZoneTail.Day?, time: Int)] = [
            ("UTC0", 0, nil, 0), ("<+0330>-3:30", 12_600, nil, 0), ("<-03>3", -10_800, nil, 0),
            ("CET-1CEST,M3.5.0,M10.5.0/3", 3600, .weekday(month: 3, week: 5, weekday: 0), 7200),
            ("EST5EDT,J60/1:30,J300", -18_000, .julian(60), 5400), ("AAA+1BBB+0,0/-2,365/167", -3600, .ordinal(0), -7200),
        ]
        for row in rows {
            let tail = try #require(ZoneTail(row.text), "\(row.text)")
            #expect(tail.standard == row.standard && tail.summer?.begins.day == row.begins && (tail.summer?.begins.time ?? 0) == row.time)
        }
        for wrong in [
            "", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-200",
            "<CET-1", "CET-1x",
        ] {
            #expect(ZoneTail(wrong) == nil, "\(wrong)")
        }
    }

    @Test("The 60th day that leap years do not count is the first of March in every year")
    func julian() throws {
        let tail = try #require(ZoneTail("AAA0BBB,J60/0,J300/0"))
        for (year, day) in [(2027, "2027-03-01"), (2028, "2028-03-01")] {
            let first = try Self.seconds("\(year)-01-01T00:00:00Z")
            #expect(tail.changes(around: first).contains { Timestamp(seconds: $0.at).dayText == day && $0.offset == 3600 })
        }
    }

    @Test("A file that is cut off, or changed in one byte, is refused or read, and never more than that")
    func damage() throws {
        let bytes = try #require(FileSystem.read("/usr/share/zoneinfo/Europe/Berlin", limit: 1 << 18))
        #expect(ZoneFile.rules(named: "x", bytes) != nil)
        for length in 0..<bytes.count { #expect(ZoneFile.rules(named: "x", Array(bytes[..<length])) == nil, "\(length)") }
        Fuzzing.repeatedly(usually: 0.05) { generator in
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let zone = ZoneFile.rules(named: "x", damaged) else { return true }
            for _ in 0..<4 { _ = zone.period(at: Int64.random(in: -10_000_000_000...100_000_000_000, using: &generator)) }
            return true
        }
    }
}
