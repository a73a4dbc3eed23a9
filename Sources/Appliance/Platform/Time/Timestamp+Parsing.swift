extension Timestamp {
    /// Reads `YYYY-MM-DDThh:mm[:ss[.u]][+HH:MM|-HH:MM|Z]`, a blank allowed for the `T` and the colon of the
    /// offset optional. Without an offset it is UTC. Digits after the sixth of the fraction are dropped.
    /// Nil for another form, for a date that does not exist and for a moment outside the years 1 to 9999.
    package init?(iso text: String) {
        var text = text
        guard let moment = text.withUTF8({ Self.parse(ISOCursor(bytes: $0)) }) else { return nil }
        self = moment
    }

    private static func parse(_ start: ISOCursor) -> Timestamp? {
        var cursor = start
        guard let year = cursor.number(4...4), cursor.take("-"),
            let month = cursor.number(1...2), cursor.take("-"),
            let day = cursor.number(1...2), cursor.take("T") || cursor.take(" "),
            let hour = cursor.number(1...2), cursor.take(":"),
            let minute = cursor.number(1...2)
        else { return nil }
        var second = 0
        var microsecond = 0
        if cursor.take(":") {
            guard let number = cursor.number(1...2) else { return nil }
            second = number
            if cursor.take(".") || cursor.take(",") {
                guard let fraction = cursor.fraction() else { return nil }
                microsecond = fraction
            }
        }
        guard let offset = cursor.offset(), cursor.isAtEnd else { return nil }
        let time = CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond)
        guard let moment = time?.timestamp.adding(seconds: -offset) else { return nil }
        return 1...9999 ~= CivilTime(moment).year ? moment : nil
    }
}

/// A place in the text of a date. Each step either takes what it names or leaves the place as it was.
private struct ISOCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// A number with as many digits as stand here, if that is an allowed count.
    mutating func number(_ counts: ClosedRange<Int>) -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, position - start < counts.upperBound, bytes[position] &- 0x30 < 10 {
            value = value * 10 + Int(bytes[position] &- 0x30)
            position += 1
        }
        return position - start >= counts.lowerBound ? value : nil
    }

    /// The fraction of a second in microseconds, from one to twelve digits.
    mutating func fraction() -> Int? {
        let start = position
        guard var value = number(1...6) else { return nil }
        for _ in (position - start)..<6 { value *= 10 }
        _ = number(0...6)
        return value
    }

    /// The offset from UTC in seconds: 0 where none is given, nil where there is something else.
    mutating func offset() -> Int? {
        while take(" ") {}
        if isAtEnd || take("Z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(2...2) else { return nil }
        var minutes = 0
        if !isAtEnd {
            _ = take(":")
            guard let number = number(2...2) else { return nil }
            minutes = number
        }
        guard hours < 24, minutes < 60 else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return isNegative ? -seconds : seconds
    }
}
