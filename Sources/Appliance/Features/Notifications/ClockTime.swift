/// A time of day to the minute: `HH:MM`.
struct ClockTime: Sendable, Hashable {
    static let wrongFormat = "Time has wrong format. Use one of these formats instead: HH:MM."

    /// Since midnight, 0 to 1439.
    let minutes: Int

    init(_ hour: Int, _ minute: Int) { minutes = hour * 60 + minute }

    /// Nil for more minutes than a day has, and for fewer than none.
    init?(minutes: Int64) {
        guard 0..<1440 ~= minutes else { return nil }
        self.minutes = Int(minutes)
    }

    /// Reads two digits, a colon and two digits, from 00:00 to 23:59; nil for anything else.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 0x30 }
        guard digits.allSatisfy({ 0...9 ~= $0 }) else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard hour < 24, minute < 60 else { return nil }
        self.init(hour, minute)
    }

    var text: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
