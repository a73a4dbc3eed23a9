/// The criteria of what one wants: level, place, pay, kind of work.
extension CriteriaScorer {
    static func level(_ job: MatchJob, _ person: MatchPerson) -> Finding? {
        guard let own = person.level, let asked = Job.levels.firstIndex(of: job.experienceLevel) else { return nil }
        if own == asked { return Finding(value: 1, matched: [job.experienceLevel], text: "The job asks for your level.") }
        let steps = abs(own - asked)
        let value = steps == 1 ? 0.6 : steps == 2 ? 0.2 : 0
        let distance = steps == 1 ? "a step" : "\(steps) steps"
        return Finding(
            value: value, text: "The job asks for \(job.experienceLevel), \(distance) \(asked > own ? "above" : "below") your level.")
    }

    /// Where one works from anywhere, a remote job's place does not matter.
    static func location(_ job: MatchJob, _ person: MatchPerson) -> Finding? {
        guard !person.places.isEmpty, !(job.isRemote && person.remoteOK) else { return nil }
        let words = TextQuery.words([job.location, job.city, job.state, job.isRemote ? "remote" : ""].joined(separator: " "))
        guard !words.isEmpty else { return nil }
        let matched = person.places.filter { holds(words, $0.words) }.map(\.written)
        return matched.isEmpty
            ? Finding(value: 0, text: "The job is in \(job.location), none of your places.")
            : Finding(value: 1, matched: matched, text: "The job is in \(job.location), one of your places.")
    }

    /// A job that pays more than was hoped for suits as well; a tenth too little costs a fifth, half of it everything.
    static func salary(_ job: MatchJob, _ person: MatchPerson) -> Finding? {
        guard let wanted = person.wantedPay, let pay = job.yearlyPay else { return nil }
        let value = pay >= wanted ? 1 : max(0, 1 - 2 * Double(wanted - pay) / Double(wanted))
        return Finding(value: value, text: "The job pays up to \(pay) \(job.salaryCurrency) a year; you want \(wanted).")
    }

    static func jobType(_ job: MatchJob, _ person: MatchPerson) -> Finding? {
        guard !person.jobTypes.isEmpty else { return nil }
        let key = MatchPerson.typeKey(job.jobType)
        let type = job.jobType.replacing("_", with: " ")
        guard let wanted = person.jobTypes.first(where: { $0.key == key }) else {
            return Finding(value: 0, text: "The job is \(type), which you do not look for.")
        }
        return Finding(value: 1, matched: [wanted.written], text: "The job is \(type), which you look for.")
    }

    /// Who could work from anywhere says nothing against a job in one place.
    static func remote(_ job: MatchJob, _ person: MatchPerson) -> Finding? {
        switch (job.isRemote, person.remoteOK) {
        case (true, true): Finding(value: 1, matched: ["remote"], text: "The job is remote, which suits you.")
        case (true, false): Finding(value: 0, text: "The job is remote, and you do not work remotely.")
        case (false, false): Finding(value: 1, text: "The job is not remote, which suits you.")
        case (false, true): nil
        }
    }

    private static func holds(_ words: [String], _ part: [String]) -> Bool {
        guard part.count <= words.count else { return false }
        return (0...(words.count - part.count)).contains { words[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
