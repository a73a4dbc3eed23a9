/// One of the five fields of a cron expression: which numbers it takes, and how it is read.
package enum CronField: Sendable, CaseIterable {
    case minute, hour, day, month, weekday

    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        // Sunday is 0, and 7 too.
        case .weekday: 0...7
        }
    }

    var words: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day of month"
        case .month: "month"
        case .weekday: "day of week"
        }
    }

    private var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        case .minute, .hour, .day: []
        }
    }

    /// Reads a list of numbers, names, ranges and steps: `*`, `5`, `mon-fri`, `1,15`, `*/10`, `8-18/2`.
    func numbers(in text: Substring) throws(CronProblem) -> CronSet {
        var set = CronSet()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { try add(part, to: &set) }
        if self == .weekday, set.contains(7) {
            set.remove(7)
            set.insert(0)
        }
        return set
    }

    private func add(_ part: Substring, to set: inout CronSet) throws(CronProblem) {
        let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = pieces[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let isRange = ends.count == 2 || pieces[0] == "*"
        var (low, high) = (range.lowerBound, self == .weekday ? 6 : range.upperBound)
        if pieces[0] != "*" {
            low = try number(ends[0], of: part)
            high = try ends.count == 2 ? number(ends[1], of: part) : low
            // A week that ends on its Sunday.
            if self == .weekday, ends.count == 2, high == 0, low > 0 { high = 7 }
        }
        guard low <= high else { throw .backwards(field: self, part: String(part)) }
        var step = 1
        if pieces.count == 2 {
            // Of a single number there is nothing to step through.
            guard isRange, let width = Self.digits(pieces[1]), width > 0 else { throw .malformed(field: self, part: String(part)) }
            guard width <= range.upperBound else { throw .outside(field: self, part: String(part)) }
            step = width
        }
        for number in stride(from: low, through: high, by: step) { set.insert(number) }
    }

    private func number(_ text: Substring, of part: Substring) throws(CronProblem) -> Int {
        if let place = names.firstIndex(of: text.lowercased()) { return place + (self == .month ? 1 : 0) }
        guard let number = Self.digits(text) else { throw .malformed(field: self, part: String(part)) }
        guard range.contains(number) else { throw .outside(field: self, part: String(part)) }
        return number
    }

    /// One to four digits, without a sign.
    private static func digits(_ text: Substring) -> Int? {
        1...4 ~= text.utf8.count && text.utf8.allSatisfy { $0 &- 0x30 < 10 } ? Int(text) : nil
    }
}

/// Numbers from 0 to 63.
struct CronSet: Sendable, Equatable {
    private var bits: UInt64 = 0

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }
    mutating func remove(_ number: Int) { bits &= ~(1 << UInt64(number)) }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    var count: Int { bits.nonzeroBitCount }

    /// The least one that is not below `number`.
    func first(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = bits >> UInt64(number)
        return rest == 0 ? nil : number + rest.trailingZeroBitCount
    }
}
