/// What holds in a time zone from the last listed change on: one offset, or two that take turns each year.
///
/// It is written as POSIX writes `TZ`: `CET-1CEST,M3.5.0,M10.5.0/3` is an hour east of UTC, and two from the last Sunday in
/// March at two to the last one in October at three. Offsets count westward there, and eastward here.
struct ZoneTail: Sendable, Equatable {
    /// A day of the year.
    enum Day: Sendable, Equatable {
        /// The n-th such weekday of the month, 5 for the last; 0 is Sunday.
        case weekday(month: Int, week: Int, weekday: Int)
        /// 1 to 365; the 29th of February has no number.
        case julian(Int)
        /// 0 to 365, leap days counted.
        case ordinal(Int)
    }

    /// A moment of the year on the clock that it ends.
    struct Turn: Sendable, Equatable {
        let day: Day
        /// Seconds after midnight; beyond a day, or before it, is allowed.
        let time: Int
    }

    struct Summer: Sendable, Equatable {
        let offset: Int
        let begins: Turn
        let ends: Turn
    }

    let standard: Int
    let summer: Summer?

    /// Nil for another form.
    init?(_ text: String) {
        var cursor = TailCursor(text: Array(text.utf8))
        guard cursor.name(), let west = cursor.time() else { return nil }
        standard = -west
        guard !cursor.isAtEnd else {
            summer = nil
            return
        }
        guard cursor.name() else { return nil }
        var offset = standard + 3600
        if !cursor.isAt(",") {
            guard let west = cursor.time() else { return nil }
            offset = -west
        }
        guard cursor.take(","), let begins = cursor.turn(), cursor.take(","), let ends = cursor.turn(), cursor.isAtEnd else { return nil }
        summer = Summer(offset: offset, begins: begins, ends: ends)
    }

    /// The changes of that year and of those beside it, in the order of time.
    func changes(around seconds: Int64) -> [TimeZoneRules.Change] {
        guard let summer else { return [] }
        let year = CivilTime(Timestamp(seconds: seconds)).year
        return ((year - 1)...(year + 1)).flatMap { year -> [TimeZoneRules.Change] in
            guard let begins = Self.moment(of: summer.begins, year, offset: standard),
                let ends = Self.moment(of: summer.ends, year, offset: summer.offset)
            else { return [] }
            return [TimeZoneRules.Change(at: begins, offset: summer.offset), TimeZoneRules.Change(at: ends, offset: standard)]
        }.sorted { $0.at < $1.at }
    }

    /// What holds before a change of this rule: what it does not change to.
    func offset(before change: TimeZoneRules.Change?) -> Int {
        guard let summer, let change, change.offset == standard else { return standard }
        return summer.offset
    }

    private static func moment(of turn: Turn, _ year: Int, offset: Int) -> Int64? {
        guard let day = firstSecond(of: turn.day, year) else { return nil }
        return day + Int64(turn.time - offset)
    }

    /// Midnight of the day, on a clock without offset. Nil outside the years that have dates.
    private static func firstSecond(of day: Day, _ year: Int) -> Int64? {
        func first(of month: Int) -> CivilTime? { CivilTime(year: year, month: month, day: 1) }
        switch day {
        case .weekday(let month, let week, let weekday):
            guard let first = first(of: month) else { return nil }
            var day = 1 + (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
            if day > CivilTime.days(inMonth: month, of: year) { day -= 7 }
            return first.timestamp.seconds + Int64(day - 1) * 86_400
        case .julian(let number):
            let isLeap = CivilTime.days(inMonth: 2, of: year) == 29
            return first(of: 1).map { $0.timestamp.seconds + Int64(number - 1 + (isLeap && number > 59 ? 1 : 0)) * 86_400 }
        case .ordinal(let number):
            return first(of: 1).map { $0.timestamp.seconds + Int64(number) * 86_400 }
        }
    }
}

/// A place in the text of a rule.
private struct TailCursor {
    let text: [UInt8]
    private var position = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    func isAt(_ character: Unicode.Scalar) -> Bool { position < text.count && text[position] == UInt8(ascii: character) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        position += 1
        return true
    }

    /// The name of an offset: three letters or more, or anything in angle brackets.
    mutating func name() -> Bool {
        if take("<") {
            while !isAtEnd, !isAt(">") { position += 1 }
            return take(">")
        }
        let start = position
        while !isAtEnd, (text[position] | 0x20) &- UInt8(ascii: "a") < 26 { position += 1 }
        return position - start >= 3
    }

    private mutating func number(upTo limit: Int) -> Int? {
        let start = position
        var value = 0
        while !isAtEnd, text[position] &- 0x30 < 10, position - start < 3 {
            value = value * 10 + Int(text[position] &- 0x30)
            position += 1
        }
        return position > start && value <= limit ? value : nil
    }

    /// `[+-]h[:mm[:ss]]` in seconds, up to a week.
    mutating func time() -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hours = number(upTo: 167) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let part = number(upTo: 59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    mutating func turn() -> ZoneTail.Turn? {
        guard let day = day() else { return nil }
        guard take("/") else { return ZoneTail.Turn(day: day, time: 7200) }
        return time().map { ZoneTail.Turn(day: day, time: $0) }
    }

    private mutating func day() -> ZoneTail.Day? {
        if take("J") { return number(upTo: 365).flatMap { $0 > 0 ? .julian($0) : nil } }
        guard take("M") else { return number(upTo: 365).map { .ordinal($0) } }
        guard let month = number(upTo: 12), month > 0, take("."), let week = number(upTo: 5), week > 0, take("."),
            let weekday = number(upTo: 6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }
}
