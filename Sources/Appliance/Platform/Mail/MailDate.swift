extension Timestamp {
    /// `Thu, 26 Nov 2026 02:07:14 +0000`, as the `Date` of a mail (RFC 5322 section 3.3).
    package var mailDate: String {
        let time = CivilTime(self)
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let year = String(repeating: "0", count: max(0, 4 - "\(time.year)".count)) + "\(time.year)"
        return "\(days[time.weekday - 1]), \(two(time.day)) \(months[time.month - 1]) \(year) "
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) +0000"
    }
}
