extension TimeZoneRules {
    /// A moment on the clock of this zone, with its distance from UTC: `2026-11-26 09:00 +01:00`.
    package func text(of moment: Timestamp) -> String {
        let offset = offset(at: moment.seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = abs(offset) / 60
        return moment.adding(seconds: offset).minuteText + " " + (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }
}
