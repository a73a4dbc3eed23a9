/// A time that comes again, as cron writes it: minute, hour, day of month, month, day of week.
///
/// - A field is a list of numbers, ranges and steps: `*`, `5`, `1,15`, `8-18`, `*/10`, `8-18/2`. Months and days of the week
///   may be named by three letters, in any case: `jan`, `MON-Fri`. Sunday is 0 and 7.
/// - Where both the day of month and the day of week are limited, one of the two is enough, as in cron:
///   `0 0 13 * fri` is every 13th and every Friday. A field that begins with `*` is not limited, also `*/2`: then both hold.
/// - `@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly` and `@yearly` (`@annually`) stand for what they say.
///
/// It knows no time zone; `Timetable` puts it on a clock.
package struct CronExpression: Sendable, Equatable {
    static let longest = 200
    /// A day that has not come after so many years never does: leap days that are Sundays are 40 years apart at most.
    private static let patienceYears = 60

    static let words: [(word: String, fields: String)] = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ]

    /// As it was written, with one blank between fields.
    package let text: String
    private let minutes: CronSet
    private let hours: CronSet
    private let days: CronSet
    private let months: CronSet
    private let weekdays: CronSet
    /// Whether one of the two fields of days is enough.
    private let isEitherDay: Bool

    package init(_ text: String) throws(CronProblem) {
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        let written = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        self.text = written.joined(separator: " ")
        var fields = written
        if let word = written.first, word.hasPrefix("@") {
            guard written.count == 1, let known = Self.words.first(where: { $0.word == word.lowercased() }) else {
                throw .unknownWord(self.text)
            }
            fields = known.fields.split(separator: " ")
        }
        guard fields.count == 5 else { throw .fieldCount(fields.count) }
        minutes = try CronField.minute.numbers(in: fields[0])
        hours = try CronField.hour.numbers(in: fields[1])
        days = try CronField.day.numbers(in: fields[2])
        months = try CronField.month.numbers(in: fields[3])
        weekdays = try CronField.weekday.numbers(in: fields[4])
        isEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        guard firstMinute(from: 0) != nil else { throw .neverComes }
    }

    /// Whether it runs in each hour of its days: then it counts hours that pass, and does not name times of day.
    var isEveryHour: Bool { hours.count == 24 }

    /// The first minute that it names at or after a moment, both on a clock that never changes: in seconds since 1970
    /// on that clock. Nil where there is none in sixty years.
    func firstMinute(from second: Int64) -> Int64? {
        let start = CivilTime(Timestamp(seconds: second).adding(seconds: 59))
        var (year, month, day) = (start.year, start.month, start.day)
        var minute = start.hour * 60 + start.minute
        let lastYear = min(year + Self.patienceYears, 9999)
        while year >= 1, year <= lastYear {
            if !months.contains(month) || day > CivilTime.days(inMonth: month, of: year) {
                (month, day, minute) = (month + 1, 1, 0)
                if month > 12 { (year, month) = (year + 1, 1) }
                continue
            }
            if let time = firstMinute(ofDayFrom: minute), let date = CivilTime(year: year, month: month, day: day), isDay(date) {
                return date.timestamp.seconds + Int64(time * 60)
            }
            (day, minute) = (day + 1, 0)
        }
        return nil
    }

    private func isDay(_ date: CivilTime) -> Bool {
        let (day, weekday) = (days.contains(date.day), weekdays.contains(date.weekday % 7))
        return isEitherDay ? day || weekday : day && weekday
    }

    /// Minutes after midnight.
    private func firstMinute(ofDayFrom start: Int) -> Int? {
        guard let hour = hours.first(from: start / 60), let first = minutes.first(from: 0) else { return nil }
        guard hour == start / 60 else { return hour * 60 + first }
        if let minute = minutes.first(from: start % 60) { return hour * 60 + minute }
        return hours.first(from: hour + 1).map { $0 * 60 + first }
    }
}
