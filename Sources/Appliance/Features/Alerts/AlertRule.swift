import Platform

/// What of an alert is left to compare once its texts are found: numbers only.
struct AlertRule: Sendable {
    /// The number of a word, or `AlertWords.any`.
    let type: Int32
    let level: Int32
    /// The number of the location's phrase; -1 for none.
    let place: Int32
    private let remoteOnly: Bool
    private let minSalary: Int?
    private let maxSalary: Int?
    private let afterJob: Int64
    private let since: Timestamp?

    init(_ entry: AlertMatcher.Entry, place: Int32, words: inout AlertWords) {
        type = words.number(ofType: entry.criteria.jobType)
        level = words.number(ofLevel: entry.criteria.experienceLevel)
        self.place = place
        remoteOnly = entry.criteria.remoteOnly
        minSalary = entry.criteria.minSalary.flatMap { $0 > 0 ? $0 : nil }
        maxSalary = entry.criteria.maxSalary.flatMap { $0 > 0 ? $0 : nil }
        afterJob = entry.afterJob
        since = entry.since
    }

    func accepts(_ job: ScannedJob, type jobType: Int32, level jobLevel: Int32) -> Bool {
        guard job.rowID > afterJob, type == AlertWords.any || type == jobType, level == AlertWords.any || level == jobLevel else {
            return false
        }
        if remoteOnly && !job.isRemote { return false }
        if let since, job.createdAt < since { return false }
        if let minSalary, max(job.salaryMin ?? -1, job.salaryMax ?? -1) < minSalary { return false }
        if let maxSalary, min(job.salaryMin ?? .max, job.salaryMax ?? .max) > maxSalary { return false }
        return true
    }
}

/// The job types and experience levels that alerts name, as small numbers.
struct AlertWords: Sendable {
    /// Of an alert: whatever the job's is. Of a job: one that no alert names.
    static let any: Int32 = 0

    private var types: [String: Int32] = ["": any]
    private var levels: [String: Int32] = ["": any]

    mutating func number(ofType word: String) -> Int32 { Self.number(of: word, in: &types) }
    mutating func number(ofLevel word: String) -> Int32 { Self.number(of: word, in: &levels) }

    func type(of job: ScannedJob) -> Int32 { types[job.jobType] ?? Self.any }
    func level(of job: ScannedJob) -> Int32 { levels[job.experienceLevel] ?? Self.any }

    var boxCount: Int { types.count * levels.count }

    func box(_ type: Int32, _ level: Int32) -> Int { Int(type) * levels.count + Int(level) }

    /// The boxes of the alerts that a job of this type and level can match.
    func boxes(_ type: Int32, _ level: Int32) -> Set<Int> {
        [box(type, level), box(type, Self.any), box(Self.any, level), box(Self.any, Self.any)]
    }

    private static func number(of word: String, in words: inout [String: Int32]) -> Int32 {
        if let known = words[word] { return known }
        let number = Int32(words.count)
        words[word] = number
        return number
    }
}
