extension Timestamp {
    /// `2026-11-23T09:20:12.770374Z`; the microseconds are left out when they are zero.
    package var iso: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        appendISO(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11-23 09:20`, in UTC.
    package var minuteText: String {
        var bytes: [UInt8] = []
        CivilTime(self).appendToMinute(separator: UInt8(ascii: " "), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11-23`, in UTC.
    package var dayText: String { String(minuteText.prefix { $0 != " " }) }

    /// Appends the text of `iso`, digit by digit: responses hold more of these than of anything else.
    package func appendISO(to bytes: inout [UInt8]) {
        let time = CivilTime(self)
        time.appendToMinute(separator: UInt8(ascii: "T"), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        CivilTime.append(time.second, width: 2, to: &bytes)
        if time.microsecond != 0 {
            bytes.append(UInt8(ascii: "."))
            CivilTime.append(time.microsecond, width: 6, to: &bytes)
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}

extension CivilTime {
    fileprivate func appendToMinute(separator: UInt8, to bytes: inout [UInt8]) {
        Self.append(year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(day, width: 2, to: &bytes)
        bytes.append(separator)
        Self.append(hour, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(minute, width: 2, to: &bytes)
    }

    fileprivate static func append(_ number: Int, width: Int, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        DecimalText.appendPadded(number.magnitude, width: width, to: &bytes)
    }
}
