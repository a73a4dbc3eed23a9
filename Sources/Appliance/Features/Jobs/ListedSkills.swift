import Platform

/// The skills that jobs list most: what people ask for first.
struct ListedSkills: Sendable {
    private var counts: [String: Int] = [:]
    /// The last row that was read.
    private var lastRowID: Int64 = 0

    /// Different skills that are counted at most; what comes later is not.
    private static let most = 50_000
    private static let slice = 5000

    /// With some jobs more, and whether there are others behind them.
    func reading(in reader: Reader) throws -> (listed: ListedSkills, hasMore: Bool) {
        var (counted, read) = (self, 0)
        try reader.each(
            "SELECT rid, skills_required, skills_preferred FROM jobs WHERE rid > $1 ORDER BY rid LIMIT $2", lastRowID, Self.slice
        ) { row in
            counted.lastRowID = try row.int(0)
            read += 1
            for column in 1...2 {
                for skill in try row.json(column).array ?? [] { counted.add(skill.string ?? "") }
            }
        }
        return (counted, read == Self.slice)
    }

    private mutating func add(_ skill: String) {
        guard !skill.isEmpty, counts.count < Self.most || counts[skill] != nil else { return }
        counts[skill, default: 0] += 1
    }

    /// The first of them, folded, the most frequent first.
    func frequent(_ limit: Int) -> [String] {
        var folded: [String: Int] = [:]
        for (skill, count) in counts { folded[Folding.fold(skill), default: 0] += count }
        return folded.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit).map(\.key)
    }
}
