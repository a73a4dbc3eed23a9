import Platform
import Testing

@testable import Appliance

@Suite("The matcher of alerts")
struct AlertMatcherTests {
    static func job(_ change: (inout ScannedJob) -> Void = { _ in }) -> ScannedJob {
        var job = ScannedJob(
            rowID: 7, id: Identifier(v7: Timestamp(seconds: 0), random: SeededRandom()), title: "Pastry Chef", description: "Bakes bread.",
            location: "Ulm, Germany", jobType: "full_time", experienceLevel: "mid", isRemote: false, salaryMin: 40_000, salaryMax: 60_000,
            postedDate: nil, createdAt: Timestamp(seconds: 100))
        change(&job)
        return job
    }

    static func matches(_ criteria: AlertCriteria, _ job: ScannedJob, afterJob: Int64 = 0, since: Timestamp? = nil) -> Bool {
        let matcher = AlertMatcher([AlertMatcher.Entry(criteria, afterJob: afterJob, since: since)])
        var (scratch, count) = (matcher.scratch, 0)
        matcher.eachMatch(of: job, &scratch) { _ in count += 1 }
        return count == 1
    }

    /// The rule of an alert as it reads, one criterion after the other.
    static func naive(_ entry: AlertMatcher.Entry, _ job: ScannedJob) -> Bool {
        func holds(_ text: String, _ part: String) -> Bool {
            let (text, part) = (Array(text.lowercased().unicodeScalars), Array(part.lowercased().unicodeScalars))
            return part.count <= text.count
                && (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
        }
        let wanted = entry.criteria
        guard job.rowID > entry.afterJob, entry.since.map({ job.createdAt >= $0 }) ?? true else { return false }
        guard wanted.keywords.isEmpty || wanted.keywords.contains(where: { holds(job.title, $0) || holds(job.description, $0) }) else {
            return false
        }
        guard holds(job.location, wanted.location), !wanted.remoteOnly || job.isRemote else { return false }
        guard ["", job.jobType].contains(wanted.jobType), ["", job.experienceLevel].contains(wanted.experienceLevel) else { return false }
        let salaries = [job.salaryMin, job.salaryMax].compactMap { $0 }
        if let low = wanted.minSalary, low > 0, !salaries.contains(where: { $0 >= low }) { return false }
        if let high = wanted.maxSalary, high > 0, !salaries.contains(where: { $0 <= high }) { return false }
        return true
    }

    static func criteria(_ dice: MatchDice) -> AlertCriteria {
        var criteria = AlertCriteria()
        if dice.chance(3) { criteria.keywords = (0..<dice.below(4)).map { _ in dice.text(upTo: 4, least: 1) } }
        if dice.chance(1) { criteria.location = dice.text(upTo: 3, least: 1) }
        if dice.chance(1) { criteria.jobType = dice.pick(["full_time", "contract"]) }
        if dice.chance(1) { criteria.experienceLevel = dice.pick(["mid", "lead"]) }
        criteria.remoteOnly = dice.chance(1)
        if dice.chance(1) { criteria.minSalary = dice.below(6) }
        if dice.chance(1) { criteria.maxSalary = dice.below(6) }
        return criteria
    }

    @Test("It finds for arbitrary jobs the alerts that the rule finds, each once", arguments: 0..<100)
    func same(seed: Int) {
        let dice = MatchDice(UInt64(seed))
        let entries = (0..<dice.below(30)).map { _ in
            AlertMatcher.Entry(
                Self.criteria(dice), afterJob: Int64(dice.below(4)), since: dice.chance(1) ? Timestamp(seconds: Int64(dice.below(5))) : nil)
        }
        let matcher = AlertMatcher(entries)
        var scratch = matcher.scratch
        for number in 0..<12 {
            let job = Self.job { job in
                job.rowID = Int64(number)
                (job.title, job.description, job.location) = (dice.text(upTo: 10), dice.text(upTo: 25), dice.text(upTo: 8))
                job.jobType = dice.pick(["full_time", "contract", "never_named"])
                job.experienceLevel = dice.pick(["mid", "lead", "entry"])
                job.isRemote = dice.chance(2)
                job.salaryMin = dice.chance(2) ? 1 + dice.below(6) : nil
                job.salaryMax = dice.chance(2) ? 1 + dice.below(6) : nil
                job.createdAt = Timestamp(seconds: Int64(dice.below(6)))
            }
            var found: [Int] = []
            matcher.eachMatch(of: job, &scratch) { found.append($0) }
            #expect(found.sorted() == entries.indices.filter { Self.naive(entries[$0], job) }, "job \(number)")
        }
    }

    @Test("An alert without a wish matches every job, and no alerts match none")
    func empty() {
        #expect(Self.matches(AlertCriteria(), Self.job()))
        let matcher = AlertMatcher([])
        var scratch = matcher.scratch
        matcher.eachMatch(of: Self.job(), &scratch) { _ in Issue.record("there is no alert") }
    }

    @Test(
        "Keywords are parts of the title or the description, in any case, and one is enough",
        arguments: [
            (["pastry"], true), (["BREAD"], true), (["rea"], true), (["rye", "chef"], true), (["rye"], false), (["chefbakes"], false),
            (["chef\nbakes"], false), (["%"], false), (["b_ead"], false), (["."], true),
        ])
    func keywords(words: [String], expected: Bool) {
        #expect(Self.matches(AlertCriteria(keywords: words), Self.job()) == expected)
    }

    @Test("A salary suits when one of its ends does; a job that tells none suits only who does not ask")
    func salaries() {
        let rows: [(min: Int?, max: Int?, low: Int?, high: Int?, expected: Bool)] = [
            (60_000, nil, 40_000, 60_000, true), (60_001, nil, 40_000, 60_000, false), (nil, 40_000, 40_000, 60_000, true),
            (nil, 39_999, 40_000, 60_000, false), (50_000, 50_000, 40_000, 60_000, true), (1, nil, nil, nil, false),
            (nil, 1_000_000, nil, nil, false), (0, 0, nil, nil, true), (50_000, nil, nil, 55_000, true), (50_000, nil, 45_000, nil, false),
        ]
        for row in rows {
            let job = Self.job { ($0.salaryMin, $0.salaryMax) = (row.low, row.high) }
            #expect(Self.matches(AlertCriteria(minSalary: row.min, maxSalary: row.max), job) == row.expected, "\(row)")
        }
    }

    @Test("Place, type, level and remote must all suit")
    func others() {
        #expect(Self.matches(AlertCriteria(location: "germany"), Self.job()))
        #expect(!Self.matches(AlertCriteria(location: "Bern"), Self.job()))
        #expect(Self.matches(AlertCriteria(jobType: "full_time", experienceLevel: "mid"), Self.job()))
        #expect(!Self.matches(AlertCriteria(jobType: "contract", experienceLevel: "mid"), Self.job()))
        #expect(!Self.matches(AlertCriteria(jobType: "full_time", experienceLevel: "lead"), Self.job()))
        #expect(!Self.matches(AlertCriteria(remoteOnly: true), Self.job()))
        #expect(Self.matches(AlertCriteria(remoteOnly: true), Self.job { $0.isRemote = true }))
    }

    @Test("Only jobs that are new to an alert match it")
    func news() {
        #expect(Self.matches(AlertCriteria(), Self.job(), afterJob: 6))
        #expect(!Self.matches(AlertCriteria(), Self.job(), afterJob: 7))
        #expect(Self.matches(AlertCriteria(), Self.job(), since: Timestamp(seconds: 100)))
        #expect(!Self.matches(AlertCriteria(), Self.job(), since: Timestamp(seconds: 101)))
    }

    @Test("A notification names the ten newest jobs, and counts all")
    func hits() {
        let random = SeededRandom(3)
        let ids = (0..<23).map { Identifier(v7: Timestamp(seconds: Int64($0)), random: random) }
        var hits = AlertHits()
        for (number, id) in ids.enumerated() {
            hits.add(id)
            #expect(hits.count == number + 1)
            #expect(hits.newest == Array(ids[...number].reversed().prefix(AlertHits.named)))
        }
    }
}
