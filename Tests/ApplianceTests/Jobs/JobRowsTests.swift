import Platform
import TestSupport
import Testing

@testable import Appliance

/// The copy of the narrow table in memory finds what a look at the jobs themselves finds, whatever has happened to them.
@Suite struct JobRowsTests {
    /// What is stored, as a test would write it down: the plain meaning of each filter.
    private static func expected(_ jobs: [Job], _ filter: JobFilter, _ order: JobOrder) -> [String] {
        func holds(_ text: String, _ part: String) -> Bool { part.isEmpty || Folding.fold(text).contains(part) }
        func pays(_ job: Job, _ isMeant: (Int) -> Bool) -> Bool { [job.salaryMin, job.salaryMax].contains { $0.map(isMeant) ?? false } }
        let found = jobs.filter { job in
            holds(job.title, filter.title) && holds(job.company, filter.company) && holds(job.location, filter.location)
                && (filter.jobType ?? job.jobType) == job.jobType && (filter.experienceLevel ?? job.experienceLevel) == job.experienceLevel
                && (filter.isRemote ?? job.isRemote) == job.isRemote && (filter.status ?? job.status) == job.status
                && (filter.minimumSalary.map { low in pays(job) { $0 >= low } } ?? true)
                && (filter.maximumSalary.map { high in pays(job) { $0 <= high } } ?? true)
                && (filter.skills.isEmpty
                    || filter.skills.contains { holds((job.skillsRequired + [job.description]).joined(separator: "\n"), $0) })
        }
        func key(_ job: Job) -> (Int64, Int64, Int64, Int64) {
            let pay = order == .salary ? job.yearlyPay.map { Int64($0) } ?? .min : 0
            return (pay, job.postedDate?.microseconds ?? .min, job.stored?.createdAt.microseconds ?? 0, job.stored?.rowID ?? 0)
        }
        return found.sorted { key($0) > key($1) }.map(\.title)
    }

    private static func change(_ job: inout Job, _ random: MatchDice, at time: Timestamp) {
        job.title = ["Baker", "Miller", "Ärztin", "baker's helper"][random.below(4)] + " \(random.below(1000))"
        job.company = ["Loaf", "LOAF & Sons", "Über Brot"][random.below(3)]
        job.location = ["Ulm", "Köln", "Berlin, DE"][random.below(3)]
        job.jobType = Job.types[random.below(3)]
        job.experienceLevel = Job.levels[random.below(3)]
        job.isRemote = random.below(2) == 0
        job.status = random.below(5) == 0 ? "closed" : "active"
        job.salaryMin = random.below(3) == 0 ? nil : random.below(50) * 1000
        job.salaryMax = random.below(3) == 0 ? nil : (job.salaryMin ?? 0) + random.below(50) * 1000
        job.postedDate = random.below(4) == 0 ? nil : time.adding(seconds: -random.below(5))
        job.skillsRequired = [["Dough"], ["Flour", "sour dough"], []][random.below(3)]
    }

    private static func filter(_ random: MatchDice) -> JobFilter {
        var filter = JobFilter()
        func sometimes() -> Bool { random.below(3) == 0 }
        if sometimes() { filter.title = ["baker", "ä", "er", "9", "nobody"][random.below(5)] }
        if sometimes() { filter.company = ["loaf", "über", "& s"][random.below(3)] }
        if sometimes() { filter.location = ["ulm", "n", "köln"][random.below(3)] }
        if sometimes() { filter.jobType = Job.types[random.below(4)] }
        if sometimes() { filter.experienceLevel = Job.levels[random.below(4)] }
        if sometimes() { filter.isRemote = random.below(2) == 0 }
        if sometimes() { filter.status = "active" }
        if sometimes() { filter.minimumSalary = random.below(60) * 1000 }
        if sometimes() { filter.maximumSalary = random.below(90) * 1000 }
        if sometimes() { filter.skills = [["dough"], ["flour", "r d"], ["bread"]][random.below(3)] }
        return filter
    }

    @Test("Random jobs, changed, added and deleted between the questions, are found as if each had been looked at")
    func model() async throws {
        try await JobFixture.run { fixture in
            let random = MatchDice(20)
            let lists = JobLists(database: fixture.database)
            var jobs: [Job] = []
            for round in 0..<8 {
                for number in 0..<15 {
                    fixture.clock.advance(seconds: 1)
                    var job = number % 3 == 0 || jobs.isEmpty ? JobFixture.job("") : jobs.remove(at: random.below(jobs.count))
                    if job.stored != nil, random.below(4) == 0, let id = job.stored?.id {
                        #expect(try await fixture.database.write { try JobStore.delete(id, in: $0) })
                        continue
                    }
                    let old = job
                    Self.change(&job, random, at: fixture.clock.now())
                    jobs.append(
                        try await fixture.database.write { [job] transaction in
                            old.stored == nil
                                ? try JobStore.create(job, in: transaction) : try JobStore.update(job, from: old, in: transaction)
                        })
                }
                for _ in 0..<15 {
                    let (filter, order) = (Self.filter(random), random.below(3) == 0 ? JobOrder.salary : .date)
                    guard order == .date || filter.status != nil else { continue }
                    let found = try await lists.find(JobLists.Request(filter: filter, order: order), limit: 1000) { _ in 0 }
                    let expected = Self.expected(jobs, filter, order)
                    #expect(found.items.map(\.job.title) == expected, "round \(round): \(filter) by \(order)")
                    #expect(found.count == expected.count)
                    let page = try await lists.find(JobLists.Request(filter: filter, order: order), limit: 3) { _ in 2 }
                    #expect(page.items.map(\.job.title) == Array(expected.dropFirst(2).prefix(3)))
                }
            }
        }
    }

    @Test("Words and filters go together in any order, with facets over just what was found")
    func words() async throws {
        try await JobFixture.run { fixture in
            for number in 0..<40 {
                try await fixture.place("\(number % 2 == 0 ? "Baker" : "Miller") \(number)") { job in
                    job.location = number % 5 == 0 ? "Ulm" : "Köln"
                    job.salaryMax = number * 1000
                }
            }
            var filter = JobFilter(location: "ulm", status: "active", words: JobQuery("baker").map { .query($0) })
            let wanted = ["Baker 30", "Baker 20", "Baker 10", "Baker 0"]
            for order in JobOrder.allCases {
                let request = JobLists.Request(filter: filter, order: order, wantsFacets: true)
                let found = try await JobLists(database: fixture.database).find(request, limit: 50) { _ in 0 }
                #expect(found.items.map(\.job.title) == wanted && found.count == 4, "\(order)")
                #expect(found.facets?.jobTypes == [.init(value: "full_time", count: 4)])
            }
            var lists = JobLists(database: fixture.database)
            lists.rankedMatches = 3
            let ranked = JobLists.Request(filter: filter, order: .relevance)
            for offset in 0..<4 {
                let found = try await lists.find(ranked, limit: 1) { _ in offset }
                #expect(found.items.map(\.job.title) == [wanted[offset]] && found.count == 4)
            }
            filter.location = "nowhere"
            let none = try await lists.find(JobLists.Request(filter: filter, order: .relevance), limit: 9) { _ in 0 }
            #expect(none.count == 0 && none.items.isEmpty)
        }
    }

    @Test("After enough changes all is read anew, so that old texts do not pile up")
    func worn() async throws {
        try await JobFixture.run { fixture in
            let kept = KeptJobRows(spareRows: 5)
            var job = try await fixture.place("Baker 0").job
            #expect(try fixture.database.read { try kept.rows(in: $0) }.titles.texts.count == 1)
            for number in 1...20 {
                let old = job
                job = try await fixture.database.write { transaction in
                    var new = old
                    new.title = "Baker \(number)"
                    return try JobStore.update(new, from: old, in: transaction)
                }
                _ = try fixture.database.read { try kept.rows(in: $0) }
            }
            let rows = try fixture.database.read { try kept.rows(in: $0) }
            #expect(rows.count == 1 && rows.titles.texts.count < 8)
        }
    }
}
