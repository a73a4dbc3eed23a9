/// Scores by criteria that can be named: each has a weight, looks at one side of a job, and says what it found.
///
/// A criterion on which the profile or the job is silent is left out, and the others' weights are taken as the whole.
/// Only the skills are never left out: were they, the first skill that somebody names could lower all scores. Without
/// anything to go by in skills or words there is no score at all: that a place and a salary fit is no reason to
/// recommend a job.
///
/// With all else equal one more skill of the profile never lowers a score.
struct CriteriaScorer: MatchScorer {
    /// What a criterion found: how good it is from 0 to 1, what matched, and a sentence.
    struct Finding: Sendable, Equatable {
        var value: Double
        var matched: [String] = []
        var text: String
    }

    /// With lines of the profile that are compared by meaning it is another rule.
    let version: String

    init(comparesLines: Bool = false) { version = comparesLines ? "v2.1_meaning" : "v2.0_criteria" }

    func score(_ job: MatchJob, for person: MatchPerson) -> MatchScore? {
        let text = job.foldedText
        let skills = Self.skills(job, person, text)
        let words = job.lines.map(Self.lines) ?? Self.words(person, text)
        guard skills.value > 0 || words?.value ?? 0 > 0 else { return nil }
        let findings: [(criterion: MatchCriterion, finding: Finding?)] = [
            (.skills, skills), (.level, Self.level(job, person)), (.text, words), (.location, Self.location(job, person)),
            (.salary, Self.salary(job, person)), (.jobType, Self.jobType(job, person)), (.remote, Self.remote(job, person)),
        ]
        let spoken = findings.compactMap { row in row.finding.map { (criterion: row.criterion, finding: $0) } }
        let whole = Double(spoken.reduce(0) { $0 + $1.criterion.points })
        let reasons = spoken.map { row in
            MatchReason(
                criterion: row.criterion, weight: Self.rounded(Double(row.criterion.points) / whole),
                value: Self.rounded(min(1, max(0, row.finding.value))), matched: row.finding.matched, text: row.finding.text)
        }
        // Of the rounded figures, so that whoever adds them up comes to the same.
        let sum = reasons.reduce(0) { $0 + $1.weight * $1.value }
        return MatchScore(value: min(1, Self.rounded(sum)), reasons: reasons)
    }

    private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }

    // MARK: What one can do

    /// What the job asks for counts by how much it asks for it: required skills fourfold, preferred ones twice,
    /// technologies once. What it merely mentions adds to that, less with each; where the job lists nothing, mentions
    /// are all there is.
    static func skills(_ job: MatchJob, _ person: MatchPerson, _ text: [UInt8]) -> Finding {
        guard !person.skills.isEmpty else { return Finding(value: 0, text: "Your profile names no skills.") }
        let known = Dictionary(person.skills.map { ($0.key, $0.written) }) { first, _ in first }
        var (listed, matched, parts): (Set<String>, [String], [String]) = ([], [], [])
        var (earned, asked) = (0, 0)
        for (skills, points, word) in [
            (job.skillsRequired, 4, "required"), (job.skillsPreferred, 2, "preferred"), (job.technologies, 1, "further"),
        ] {
            let keys = skills.map(MatchPerson.skillKey).filter { !$0.isEmpty && listed.insert($0).inserted }
            guard !keys.isEmpty else { continue }
            let hits = keys.compactMap { known[$0] }
            matched += hits
            earned += hits.count * points
            asked += keys.count * points
            parts.append("\(hits.count) of \(keys.count) \(word)")
        }
        let mentioned = zip(person.skills, person.skillFinder.found(in: text)).filter { $1 && !listed.contains($0.key) }.map(\.0.written)
        matched += mentioned
        if !mentioned.isEmpty { parts.append("\(mentioned.count) \(asked > 0 ? "more " : "")mentioned") }
        let share = asked > 0 ? Double(earned) / Double(asked) : 0
        let room = (1 - share) * (asked > 0 ? 0.25 : 1)
        let value = share + room * (1 - 1 / Double(1 << min(mentioned.count, 30)))
        let found = parts.isEmpty ? "the job mentions none of them" : parts.joined(separator: ", ")
        return Finding(value: value, matched: matched, text: "Your skills: \(found).")
    }

    /// The nearest of the lines that tell of one's work, where they can be compared by meaning. Skills are not among them:
    /// they are judged by themselves, and one more must not push a line away from the job.
    static func lines(_ lines: [MatchJob.LineMatch]) -> Finding? {
        guard !lines.isEmpty else { return nil }
        let near = lines.filter { $0.nearness > 0 }.sorted { ($0.nearness, $1.line) > ($1.nearness, $0.line) }
        return Finding(
            value: min(1, near.first?.nearness ?? 0), matched: near.map(\.line),
            text: "\(near.count) of \(lines.count) lines of your profile \(near.count == 1 ? "is" : "are") close to the job in meaning.")
    }

    /// How many of the words of one's title and industries the job has, in any of their forms. As many as an answer to
    /// a question must have are all that can be wanted (`TextQuery.needed`). A rank of the full-text index would not
    /// do: it has no scale, and moves with every other job.
    static func words(_ person: MatchPerson, _ text: [UInt8]) -> Finding? {
        guard !person.words.isEmpty else { return nil }
        let matched = zip(person.words.terms, person.wordFinder.found(in: text)).filter(\.1).map(\.0)
        return Finding(
            value: min(1, Double(matched.count) / Double(max(1, person.words.needed))), matched: matched,
            text: "\(matched.count) of \(person.words.terms.count) words of your title and industries are in the job.")
    }
}
