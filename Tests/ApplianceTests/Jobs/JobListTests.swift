import Platform
import Testing

@testable import Appliance

/// Which jobs a filter finds, in what order, and what is kept of the counting.
@Suite struct JobListTests {
    @Test("The newest come first, jobs without a date last, and every page is the same cut from either end")
    func order() async throws {
        try await JobFixture.run { fixture in
            let start = fixture.clock.now()
            for number in 0..<30 {
                fixture.clock.advance(seconds: 1)
                try await fixture.place("Job \(number)") { job in
                    job.postedDate = number % 3 == 0 ? nil : start.adding(seconds: number / 6)
                }
            }
            let all = try await fixture.titles(JobFilter())
            let dated = (0..<30).filter { $0 % 3 != 0 }.sorted { ($0 / 6, $0) > ($1 / 6, $1) }
            let undated = (0..<30).filter { $0 % 3 == 0 }.reversed()
            #expect(all == (dated + undated).map { "Job \($0)" })
            for limit in [1, 7, 20] {
                var pages: [String] = []
                for offset in stride(from: 0, to: 30, by: limit) {
                    pages += try await fixture.titles(JobFilter(), limit: limit, offset: offset)
                }
                #expect(pages == all)
            }
            #expect(try await fixture.titles(JobFilter(), offset: 30) == [])
            #expect(try await fixture.titles(JobFilter(), offset: 1_000_000) == [])
        }
    }

    @Test("By pay: the best paid first, by the year, and those that tell none last")
    func pay() async throws {
        try await JobFixture.run { fixture in
            let pays: [(String, Int?, Int?, String)] = [
                ("year", 50_000, 60_000, "yearly"), ("month", 6_000, nil, "monthly"), ("hour", nil, 30, "hourly"),
                ("none", nil, nil, "yearly"), ("zero", 0, 0, "yearly"),
            ]
            for (title, low, high, period) in pays {
                try await fixture.place(title) { job in
                    (job.salaryMin, job.salaryMax, job.salaryPeriod) = (low, high, period)
                }
            }
            let filter = JobFilter(status: "active")
            let all = try await fixture.titles(filter, by: .salary)
            #expect(all == ["month", "hour", "year", "zero", "none"])
            #expect(try await fixture.titles(filter, by: .salary, limit: 2, offset: 3) == ["zero", "none"])
        }
    }

    @Test("Parts of texts are found in whatever case, and wildcards are letters like others")
    func parts() async throws {
        try await JobFixture.run { fixture in
            try await fixture.place("Ärztin 100%") { $0.company = "A_B" }
            try await fixture.place("Arztin 100") { $0.company = "AxB" }
            #expect(try await fixture.titles(JobFilter(title: Folding.fold("ÄRZT"))) == ["Ärztin 100%"])
            #expect(try await fixture.titles(JobFilter(title: "%")) == ["Ärztin 100%"])
            #expect(try await fixture.titles(JobFilter(company: "a_b")) == ["Ärztin 100%"])
            #expect(try await fixture.titles(JobFilter(title: "'; --")) == [])
            #expect(try await fixture.titles(JobFilter(title: String(repeating: "a", count: 5000))) == [])
        }
    }

    @Test("A skill is found in the lists and anywhere in the description, and marks follow the jobs")
    func skills() async throws {
        try await JobFixture.run { fixture in
            let lists = JobLists(database: fixture.database)
            func found(_ skills: String...) async throws -> Set<String> {
                let request = JobLists.Request(filter: JobFilter(status: "active", skills: skills))
                return Set(try await lists.find(request, limit: 50) { _ in 0 }.items.map(\.job.title))
            }
            #expect(try await found("python") == [])
            try await fixture.place("required") { $0.skillsRequired = ["Python"] }
            let preferred = try await fixture.place("preferred") { $0.skillsPreferred = ["CPython 3", "C \"sharp\""] }.job
            try await fixture.place("described") { $0.description = "We write PYTHON." }
            try await fixture.place("technology") { $0.technologies = ["Python"] }
            try await fixture.place("closed") { job in
                job.skillsRequired = ["Python"]
                job.status = "closed"
            }
            #expect(try await found("python") == ["required", "preferred", "described"])
            #expect(try await found("c \"sharp\"", "bakes bread") == ["preferred", "required", "technology"])
            let id = try #require(preferred.stored?.id)
            try await fixture.database.write { transaction in
                var changed = preferred
                changed.skillsPreferred = []
                _ = try JobStore.update(changed, from: preferred, in: transaction)
            }
            #expect(try await found("python") == ["required", "described"])
            try await fixture.place("new") { $0.skillsRequired = ["python"] }
            #expect(try await found("python") == ["required", "described", "new"])
            #expect(try await fixture.database.write { try JobStore.delete(id, in: $0) })
            #expect(try await found("python", "%") == ["required", "described", "new"])
            #expect(lists.skills.count == 4)
        }
    }

    @Test("The skills that jobs list most are found out beforehand, however they are written, the most frequent first")
    func preparedSkills() async throws {
        try await JobFixture.run { fixture in
            for number in 0..<4 {
                try await fixture.place("Job \(number)") { job in
                    job.skillsRequired = number < 2 ? ["R", "Quality control"] : ["QUALITY CONTROL"]
                    job.skillsPreferred = number == 3 ? ["ärzte", "Ärzte"] : []
                }
            }
            let (listed, hasMore) = try fixture.database.read { try ListedSkills().reading(in: $0) }
            #expect(hasMore == false)
            #expect(listed.frequent(3) == ["quality control", "r", "ärzte"] && listed.frequent(1) == ["quality control"])
            let lists = JobLists(database: fixture.database)
            try await lists.prepareSkills()
            #expect(lists.skills.count == 3)
            let request = JobLists.Request(filter: JobFilter(status: "active", skills: ["quality control"]))
            #expect(try await lists.find(request, limit: 50) { _ in 0 }.count == 4)
            #expect(lists.skills.count == 3)
        }
    }

    @Test("Marks are bounded: the skills that were not asked for the longest go")
    func boundedMarks() async throws {
        try await JobFixture.run { fixture in
            for number in 0..<10 { try await fixture.place("Job \(number)") }
            let marks = SkillMarks(byteLimit: 3 * 300)
            for skill in ["a", "b", "c", "d", "a"] { _ = try fixture.database.read { try marks.marks(for: [skill], in: $0) } }
            #expect(marks.count == 3)
            let found = try fixture.database.read { try marks.marks(for: ["bread", "nothing"], in: $0) }
            #expect(found.map(\.rowIDs) == [Array(1...10), []])
        }
    }

    @Test("Relevance: matches in titles and skills before those in long texts; equally good ones by age")
    func relevance() async throws {
        try await JobFixture.run { fixture in
            let filler = String(repeating: "Nothing of interest here. ", count: 40)
            try await fixture.place("Cook") { $0.description = filler + "Also some Python. " + filler }
            try await fixture.place("Python developer") { $0.description = filler }
            try await fixture.place("Analyst") { job in
                job.description = filler
                job.skillsRequired = ["Python"]
            }
            var filter = JobFilter(status: "active")
            filter.words = JobQuery("python").map { .query($0) }
            #expect(try await fixture.titles(filter, by: .relevance) == ["Python developer", "Analyst", "Cook"])
            #expect(try await fixture.titles(filter, by: .relevance, limit: 1, offset: 1) == ["Analyst"])
            #expect(try await fixture.titles(filter, by: .date) == ["Analyst", "Python developer", "Cook"])
            filter.title = "dev"
            #expect(try await fixture.titles(filter, by: .relevance) == ["Python developer"])
            // Endings do not count.
            #expect(try await fixture.titles(JobFilter(status: "active", words: JobQuery("developers").map { .query($0) })).count == 1)
            #expect(try await fixture.titles(JobFilter(status: "active", words: .nothing), by: .relevance) == [])
        }
    }

    @Test("What lies behind the ranked matches follows by age, and the count is exact")
    func unranked() async throws {
        try await JobFixture.run { fixture in
            for number in 0..<30 { try await fixture.place("Baker \(number)") }
            var request = JobLists.Request(filter: JobFilter(status: "active"), order: .relevance)
            request.filter.words = JobQuery("baker").map { .query($0) }
            var lists = JobLists(database: fixture.database)
            lists.rankedMatches = 12
            func titles(limit: Int, offset: Int) async throws -> [String] {
                let found = try await lists.find(request, limit: limit) { _ in offset }
                #expect(found.count == 30)
                return found.items.map(\.job.title)
            }
            let all = try await titles(limit: 50, offset: 0)
            #expect(Set(all.prefix(12)) == Set((18..<30).map { "Baker \($0)" }))
            #expect(all.dropFirst(12) == (0..<18).reversed().map { "Baker \($0)" }[...])
            var pages: [String] = []
            for offset in stride(from: 0, to: 35, by: 5) { pages += try await titles(limit: 5, offset: offset) }
            #expect(pages == all)
        }
    }

    @Test("Counts are kept until the jobs change, and only so many")
    func counts() {
        let counts = JobCounts(limit: 2)
        let (one, two, three) = (JobFilter(title: "a"), JobFilter(title: "b"), JobFilter(title: "c"))
        counts.keep(JobCounts.Entry(count: 1), for: one, at: 7)
        #expect(counts.entry(one, at: 7).count == 1 && counts.entry(one, at: 8).count == nil && counts.entry(two, at: 7).count == nil)
        counts.keep(JobCounts.Entry(count: 2), for: two, at: 7)
        counts.keep(JobCounts.Entry(count: 5), for: one, at: 7)
        #expect(counts.count == 2 && counts.entry(one, at: 7).count == 5)
        counts.keep(JobCounts.Entry(count: 3), for: three, at: 7)
        #expect(counts.count == 1 && counts.entry(three, at: 7).count == 3)
        counts.keep(JobCounts.Entry(count: 4), for: one, at: 8)
        #expect(counts.entry(one, at: 8).count == 4 && counts.entry(three, at: 7).count == nil)
        // One that was counted before the change comes too late.
        counts.keep(JobCounts.Entry(count: 1), for: one, at: 7)
        #expect(counts.entry(one, at: 8).count == 4)
    }

    @Test("Facets count over all that was found, companies without regard to case, ten of them")
    func facets() async throws {
        try await JobFixture.run { fixture in
            for number in 0..<24 {
                try await fixture.place("Job \(number)") { job in
                    job.company = number < 3 ? ["Loaf", "LOAF", "loaf"][number] : "Company \(number % 12)"
                    job.jobType = number % 2 == 0 ? "contract" : "full_time"
                    job.experienceLevel = number == 0 ? "senior" : "mid"
                    job.isRemote = number < 5
                }
            }
            var request = JobLists.Request(filter: JobFilter(title: "job"), wantsFacets: true)
            let lists = JobLists(database: fixture.database)
            let facets = try #require(try await lists.find(request, limit: 1) { _ in 0 }.facets)
            #expect(facets.jobTypes == [.init(value: "contract", count: 12), .init(value: "full_time", count: 12)])
            #expect(facets.levels == [.init(value: "mid", count: 23), .init(value: "senior", count: 1)])
            #expect(facets.isRemote == [.init(value: true, count: 5), .init(value: false, count: 19)])
            #expect(facets.companies.count == 10)
            #expect(facets.companies.first.map { Folding.fold($0.value) } == "loaf" && facets.companies.first?.count == 3)
            request.filter.jobType = "internship"
            let none = try #require(try await lists.find(request, limit: 1) { _ in 0 }.facets)
            #expect(none == JobFacets(jobTypes: [], levels: [], isRemote: [], companies: []))
        }
    }
}
