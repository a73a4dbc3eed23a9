import Platform
import Testing

@testable import Appliance

@Suite("Scores by criteria")
struct CriteriaScorerTests {
    static func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
        let id = Identifier(v7: Timestamp(seconds: 0), random: SeededRandom())
        var profile = Profile(
            account: Account(
                rowID: 1, id: id, email: "ada@example.org", firstName: "", lastName: "", isActive: true, isStaff: false, isVerified: false,
                lastLogin: nil, dateJoined: Timestamp(seconds: 0)))
        change(&profile)
        return profile
    }

    static func person(_ change: (inout Profile) -> Void = { _ in }) -> MatchPerson { MatchPerson(profile(change)) }

    static func job(_ title: String = "Baker", _ change: (inout MatchJob) -> Void = { _ in }) -> MatchJob {
        var job = MatchJob(rowID: 1, id: Identifier(v7: Timestamp(seconds: 0), random: SeededRandom()), title: title)
        change(&job)
        return job
    }

    static func score(_ job: MatchJob, _ person: MatchPerson) -> MatchScore? { CriteriaScorer().score(job, for: person) }

    private static let skills = ["Swift", "SQL", "Node.js", "C++", "C", "Go", "Baking", "Éclairs"]
    private static let places = ["Ulm", "Bern, Switzerland", "New York", "Remote"]

    private static func profile(_ dice: MatchDice) -> Profile {
        profile { profile in
            profile.skills = skills.filter { _ in dice.chance(1) }
            profile.experienceLevel = dice.pick(Job.levels)
            profile.currentTitle = dice.pick(["", "Baker", "Senior Swift Engineer"])
            profile.industries = dice.chance(1) ? ["Food"] : []
            profile.location = dice.chance(2) ? dice.pick(places) : ""
            profile.preferredLocations = places.filter { _ in dice.chance(1) }
            profile.remoteOK = dice.chance(2)
            profile.jobTypes = dice.chance(2) ? [dice.pick(["full_time", "Contract"])] : []
            profile.salaryMin = dice.chance(2) ? dice.below(100_000) : nil
            profile.salaryMax = dice.chance(2) ? dice.below(100_000) : nil
        }
    }

    private static func job(_ dice: MatchDice) -> MatchJob {
        job(dice.pick(["Baker", "Swift Engineer", "Go and C++ wizard", "Clerk"])) { job in
            job.description = (0..<dice.below(4)).map { _ in dice.pick(skills) }.joined(separator: ", ")
            job.skillsRequired = skills.filter { _ in dice.chance(1) }
            job.skillsPreferred = skills.filter { _ in dice.chance(1) }
            job.technologies = skills.filter { _ in dice.chance(1) }
            job.experienceLevel = dice.pick(Job.levels)
            job.location = dice.pick(["Ulm", "Bern", "New York, NY", ""])
            job.isRemote = dice.chance(1)
            job.jobType = dice.pick(Job.types)
            job.salaryMin = dice.chance(2) ? dice.below(100_000) : nil
            job.salaryMax = dice.chance(2) ? dice.below(100_000) : nil
            job.salaryPeriod = dice.pick(Job.salaryPeriods)
        }
    }

    @Test("A score is between 0 and 1, and its reasons add up to it", arguments: 0..<60)
    func sums(seed: Int) {
        let dice = MatchDice(UInt64(seed))
        let person = MatchPerson(Self.profile(dice))
        for _ in 0..<20 {
            guard let score = Self.score(Self.job(dice), person) else { continue }
            #expect((0...1).contains(score.value))
            #expect(score.reasons.allSatisfy { (0...1).contains($0.value) && $0.weight > 0 && !$0.text.isEmpty })
            #expect(abs(score.reasons.reduce(0) { $0 + $1.weight } - 1) < 0.001)
            #expect(abs(score.reasons.reduce(0) { $0 + $1.weight * $1.value } - score.value) < 0.000_11)
            #expect(Set(score.reasons.map(\.criterion)).count == score.reasons.count)
            #expect(score.reasons.first?.criterion == .skills)
        }
    }

    @Test("One more skill never lowers a score, least of all one that is required", arguments: 0..<60)
    func monotone(seed: Int) {
        let dice = MatchDice(UInt64(seed))
        for _ in 0..<20 {
            let (profile, job) = (Self.profile(dice), Self.job(dice))
            let before = Self.score(job, MatchPerson(profile))?.value ?? 0
            for skill in job.skillsRequired + Self.skills + ["Knitting"] {
                var learned = profile
                learned.skills.append(skill)
                let after = Self.score(job, MatchPerson(learned))?.value ?? 0
                #expect(after >= before, "\(skill): \(profile.skills) \(job)")
            }
        }
    }

    @Test("The weights of all criteria are a hundred hundredths")
    func weights() {
        #expect(MatchCriterion.allCases.reduce(0) { $0 + $1.points } == 100)
    }

    @Test("A profile that says nothing of what somebody can do gets no score, whatever else fits")
    func empty() {
        let job = Self.job { ($0.location, $0.experienceLevel, $0.salaryMin) = ("Ulm", "entry", 50_000) }
        #expect(Self.score(job, Self.person()) == nil)
        #expect(Self.score(job, Self.person { ($0.location, $0.salaryMin, $0.jobTypes) = ("Ulm", 40_000, ["full_time"]) }) == nil)
        // Nor does a job that has nothing of it.
        #expect(Self.score(job, Self.person { ($0.skills, $0.currentTitle) = (["Swift"], "Pilot") }) == nil)
    }

    @Test("What profile and job are silent about is left out, and the rest is the whole")
    func silence() throws {
        let score = try #require(Self.score(Self.job("Clerk") { $0.skillsRequired = ["swift"] }, Self.person { $0.skills = ["Swift"] }))
        #expect(score.reasons.map(\.criterion) == [.skills, .level])
        #expect(score.reasons.map(\.weight) == [0.7273, 0.2727])
        // Entry is a step below mid.
        #expect(score.reasons.map(\.value) == [1, 0.6] && score.value == 0.8909)
        let full = try #require(
            Self.score(
                Self.job("Baker") { job in
                    (job.skillsRequired, job.location, job.salaryMax, job.experienceLevel) = (["Baking"], "Ulm", 50_000, "lead")
                },
                Self.person { profile in
                    (profile.skills, profile.currentTitle, profile.location, profile.salaryMin) = (["baking"], "Baker", "Ulm", 50_000)
                    (profile.jobTypes, profile.experienceLevel, profile.remoteOK) = (["Full-time"], "lead", false)
                }))
        #expect(full.reasons.map(\.criterion) == [.skills, .level, .text, .location, .salary, .jobType, .remote])
        #expect(full.reasons.map(\.weight) == [0.4, 0.15, 0.15, 0.1, 0.08, 0.07, 0.05])
        #expect(full.value == 1)
        #expect(full.reasons.map(\.matched) == [["baking"], ["lead"], ["baker"], ["Ulm"], [], ["Full-time"], []])
    }

    @Test("Skills count by how much the job asks for them: required, preferred, further, merely mentioned")
    func skills() {
        func value(_ owned: [String], _ change: (inout MatchJob) -> Void) -> Double {
            let job = Self.job("Job", change)
            return CriteriaScorer.skills(job, Self.person { $0.skills = owned }, job.foldedText).value
        }
        let lists: (inout MatchJob) -> Void = { job in
            (job.skillsRequired, job.skillsPreferred, job.technologies) = (["Swift", "SQL"], ["Go", "sql"], ["C++"])
            job.description = "Knitting helps."
        }
        // Asked are 4 + 4 + 2 + 1: a skill that is listed twice counts where it is asked for most.
        #expect(value(["SWIFT"], lists) == 4 / 11.0)
        #expect(value(["sql"], lists) == 4 / 11.0)
        #expect(value(["go"], lists) == 2 / 11.0)
        #expect(value(["c++"], lists) == 1 / 11.0)
        #expect(value(["C"], lists) == 0)
        #expect(value(["Knitting"], lists) == 0.125)
        #expect(value(["Swift", "SQL", "Go", "C++"], lists) == 1)
        #expect(value([], lists) == 0)
        #expect(value(["Swift"]) { $0.description = "We write Swift." } == 0.5)
        #expect(value(["Swift", "Go"]) { $0.requirements = "Swift, go" } == 0.75)
        #expect(value(["Swift"]) { $0.description = "Swiftly." } == 0)
    }

    @Test(
        "A name is found as a whole word, with its own marks and whatever stands around it",
        arguments: [
            ("go", "We use Go.", true), ("go", "good", false), ("go", "ego", false), ("c", "C, C++", true), ("c", "C++ and C#", false),
            ("c++", "(C++)", true), ("c++", "C++17", true), ("node.js", "NODE.JS!", true), (".net", "ASP.NET", true),
            ("éclairs", "frische ÉCLAIRS", true), ("clairs", "éclairs", false), ("machine learning", "Machine learning", true),
            ("r", "", false), ("java", "JavaScript", false),
        ])
    func mentions(name: String, text: String, expected: Bool) {
        #expect(MentionFinder(words: [name, name]).found(in: FoldedText.bytes(of: text)) == [expected, expected])
    }

    @Test("Words of a title are found in their other forms, but very short ones only whole")
    func stems() {
        let finder = MentionFinder(stems: ["engine", "qa"])
        #expect(finder.found(in: FoldedText.bytes(of: "Engineering in Qatar")) == [true, false])
        #expect(finder.found(in: FoldedText.bytes(of: "search-engine QA")) == [true, true])
        #expect(finder.found(in: FoldedText.bytes(of: "rengine")) == [false, false])
    }

    @Test(
        "Pay is compared by the year, whatever the period",
        arguments: [
            (50_000, "yearly", 50_000, 1.0), (45_000, "yearly", 50_000, 0.8), (25_000, "yearly", 50_000, 0.0), (1, "yearly", 50_000, 0.0),
            (5_000, "monthly", 60_000, 1.0), (25, "hourly", 52_000, 1.0), (24, "hourly", 104_000, 0.0), (90_000, "yearly", 50_000, 1.0),
        ])
    func pay(pay: Int, period: String, wanted: Int, expected: Double) throws {
        let job = Self.job { ($0.salaryMax, $0.salaryPeriod) = (pay, period) }
        let value = try #require(CriteriaScorer.salary(job, Self.person { $0.salaryMin = wanted })).value
        #expect(abs(value - expected) < 0.000_001)
    }

    @Test("Zero is no salary, and the upper wish stands in where there is no lower one")
    func noPay() throws {
        #expect(CriteriaScorer.salary(Self.job { $0.salaryMin = 0 }, Self.person { $0.salaryMin = 1 }) == nil)
        #expect(CriteriaScorer.salary(Self.job { $0.salaryMin = 5 }, Self.person { $0.salaryMin = 0 }) == nil)
        #expect(CriteriaScorer.salary(Self.job { $0.salaryMin = 5 }, Self.person { ($0.salaryMin, $0.salaryMax) = (0, 5) })?.value == 1)
    }

    @Test(
        "A place is compared word by word with where the job is",
        arguments: [
            ("Ulm", "Ulm", 1.0), ("ulm, Germany", "Neu-Ulm or Ulm", 1.0), ("New York", "New York, NY", 1.0), ("York", "New York", 1.0),
            ("Ul", "Ulm", 0.0), ("New Ulm", "Ulm", 0.0), ("Bern", "Ulm", 0.0),
        ])
    func places(place: String, location: String, expected: Double) throws {
        let finding = try #require(CriteriaScorer.location(Self.job { $0.location = location }, Self.person { $0.location = place }))
        #expect(finding.value == expected)
        #expect(finding.matched == (expected == 1 ? [place] : []))
    }

    @Test("Where a remote job is matters only to who does not work remotely")
    func remotePlaces() {
        let job = Self.job { ($0.location, $0.isRemote) = ("Ulm", true) }
        #expect(CriteriaScorer.location(job, Self.person { $0.location = "Bern" }) == nil)
        #expect(CriteriaScorer.location(job, Self.person { ($0.location, $0.remoteOK) = ("Bern", false) })?.value == 0)
        #expect(CriteriaScorer.location(Self.job(), Self.person { $0.location = "Bern" }) == nil)
        let remotes = [(true, true), (true, false), (false, false), (false, true)].map { isRemote, remoteOK in
            CriteriaScorer.remote(Self.job { $0.isRemote = isRemote }, Self.person { $0.remoteOK = remoteOK })?.value
        }
        #expect(remotes == [1, 0, 1, nil])
    }

    @Test("A level is worth the less the further it is, up or down; a type is wanted or not")
    func levelsAndTypes() {
        let values = Job.levels.map { level in
            CriteriaScorer.level(Self.job { $0.experienceLevel = level }, Self.person { $0.experienceLevel = "mid" })?.value
        }
        #expect(values == [0.6, 1, 0.6, 0.2, 0])
        func type(_ wanted: [String]) -> Double? { CriteriaScorer.jobType(Self.job(), Self.person { $0.jobTypes = wanted })?.value }
        #expect(type([]) == nil && type(["contract", "Full Time"]) == 1 && type(["contract"]) == 0)
    }
}
