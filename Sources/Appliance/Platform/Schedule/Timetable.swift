/// A cron expression on the clock of a time zone. What it names are its slots: moments, each of which is meant once.
///
/// Where the clock changes, slots go the way that people expect of times of day and machines of intervals:
///
/// - An expression that runs in every hour (`*/15 * * * *`, `30 * * * *`) counts the hours that pass. The hour that is left
///   out in spring has no slots, and the one that comes twice in autumn has its slots twice.
/// - Any other expression names times of day (`30 2 * * *`, `0 */4 * * *`). A time that is left out has its slot at the
///   moment of the change, together with all others that are left out; a time that comes twice has its slot the first time.
///
/// Both go by the zone's file and so hold for changes of any size, for those of a zone's whole offset too.
package struct Timetable: Sendable, Equatable {
    package let expression: CronExpression
    package let zone: TimeZoneRules

    package init(_ expression: CronExpression, _ zone: TimeZoneRules) {
        self.expression = expression
        self.zone = zone
    }

    /// Reads a cron expression with, behind it, the name of a time zone if it is not to be the standard one:
    /// `0 9 * * mon Europe/Berlin`, `@daily America/New_York`.
    package init(_ text: String, zone standard: String, names: TimeZoneNames = TimeZoneNames()) throws(CronProblem) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        let fields = words.first?.hasPrefix("@") == true ? 1 : 5
        let hasZone = words.count == fields + 1
        expression = try CronExpression(hasZone ? words.dropLast().joined(separator: " ") : text)
        let name = hasZone ? words.last.map { String($0) } ?? standard : standard
        guard let zone = names.rules(of: name) else { throw .unknownZone(name) }
        self.zone = zone
    }

    /// The expression and its zone, as it could be written.
    package var text: String { "\(expression.text) \(zone.name)" }

    /// The first slot after a moment; nil where none comes any more.
    package func next(after moment: Timestamp) -> Timestamp? {
        var second = moment.seconds + 1
        while true {
            let period = zone.period(at: second)
            let offset = Int64(period.offset)
            var from = second + offset
            if !expression.isEveryHour, period.start != .min {
                let before = Int64(zone.offset(at: period.start - 1))
                // What the change left out, at the change.
                if second == period.start, before < offset, let left = expression.firstMinute(from: period.start + before),
                    left < period.start + offset
                {
                    return Timestamp(seconds: period.start)
                }
                // What the change brings a second time has been.
                from = max(from, period.start + before)
            }
            guard let local = expression.firstMinute(from: from) else { return nil }
            if local - offset < period.end { return Timestamp(seconds: local - offset) }
            second = period.end
        }
    }

    /// The last slot after `start` and not after `end`; nil where there is none.
    ///
    /// It looks at the last hour before `end`, then at twice as much, and so on: there are few slots in what it walks through,
    /// however often they come and however far back the start is.
    package func latest(after start: Timestamp, through end: Timestamp) -> Timestamp? {
        let start = max(start, end.adding(seconds: -Self.farthestBackSeconds))
        var span = 3600
        while true {
            let begin = max(start, end.adding(seconds: -span))
            if var found = next(after: begin), found <= end {
                while let further = next(after: found), further <= end { found = further }
                return found
            }
            if begin <= start { return nil }
            span *= 2
        }
    }

    private static let farthestBackSeconds = 60 * 366 * 86_400
}
