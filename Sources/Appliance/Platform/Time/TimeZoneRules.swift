/// The clock of one time zone: how far it is from UTC at any moment, as the system's TZif file of that zone says.
///
/// Time falls into periods of one offset each. The file lists where they begin; behind the last one of its list a rule
/// goes on for ever, where the zone still changes its clock.
package struct TimeZoneRules: Sendable, Equatable {
    /// A stretch of time with one offset, in seconds since 1970: from `start` up to, but not with, `end`. The first one
    /// has no start and the last one no end; `Int64.min` and `.max` stand for these.
    package struct Period: Sendable, Equatable {
        package let start: Int64
        package let end: Int64
        /// Seconds to add to UTC.
        package let offset: Int
    }

    struct Change: Sendable, Equatable {
        let at: Int64
        let offset: Int
    }

    /// `Europe/Berlin`.
    package let name: String
    /// The offset before the first change.
    private let first: Int
    private let changes: [Change]
    private let tail: ZoneTail?

    /// `changes` are in the order of time.
    init(name: String, first: Int, changes: [Change], tail: ZoneTail?) {
        self.name = name
        self.first = first
        self.changes = changes
        self.tail = tail
    }

    package static let utc = TimeZoneRules(name: "UTC", first: 0, changes: [], tail: nil)

    package func offset(at seconds: Int64) -> Int { period(at: seconds).offset }

    /// The period that a moment is in.
    package func period(at seconds: Int64) -> Period {
        let following = changes.partition { $0.at > seconds }
        guard following == changes.count, let tail else {
            return Period(
                start: following > 0 ? changes[following - 1].at : .min,
                end: following < changes.count ? changes[following].at : .max, offset: offset(before: following))
        }
        // The changes of the rule around this moment, without those that the list replaces.
        let listed = changes.last?.at ?? .min
        let ruled = tail.changes(around: seconds).filter { $0.at > listed }
        let next = ruled.partition { $0.at > seconds }
        return Period(
            start: next > 0 ? ruled[next - 1].at : listed, end: next < ruled.count ? ruled[next].at : .max,
            offset: next > 0 ? ruled[next - 1].offset : (changes.last?.offset ?? tail.offset(before: ruled.first)))
    }

    private func offset(before index: Int) -> Int { index > 0 ? changes[index - 1].offset : first }
}

extension Array {
    /// Where the elements begin for which something is so, in an array in which it is so of none and then of all.
    fileprivate func partition(_ isSo: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension TimeZoneNames {
    /// The clock of a zone; nil where there is no such zone, or where its file cannot be understood.
    package func rules(of name: String) -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        guard Self.isName(name), let bytes = FileSystem.read(folder + "/" + name, limit: 1 << 18) else { return nil }
        return ZoneFile.rules(named: name, bytes)
    }
}
