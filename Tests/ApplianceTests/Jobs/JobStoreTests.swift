import Platform
import Testing

@testable import Appliance

/// How jobs are stored, and which of them an incoming one is.
@Suite struct JobStoreTests {
    private static let link = "https://jobs.example.org/7"

    @Test("A job comes back as it was stored, every column of it")
    func roundTrip() async throws {
        try await JobFixture.run { fixture in
            var job = Job()
            try JobResource.description.decode(JobResourceTests.full, into: &job, mode: .create)
            let made = try await fixture.database.write { [job] in try JobStore.create(job, in: $0) }
            let stored = try #require(made.stored)
            #expect(stored.createdAt == fixture.clock.now() && stored.viewCount == 0 && !stored.isProcessedForMatching)
            let read = try fixture.database.read { try JobStore.job(stored.id, at: fixture.clock.now(), in: $0) }
            #expect(read == made)
            // Each column is written once, and each that clients fill is read.
            let names = try fixture.database.read { try $0.rows("SELECT name FROM pragma_table_info('jobs')") { try $0.text(0) } }
            #expect(Set(JobStore.columns).count == JobStore.columns.count && Set(JobStore.columns).isSubset(of: names))
            #expect(Set(JobStore.columns) == JobResource.importable.union(["skills_text", "canonical_url"]))
            #expect(JobStore.values(of: job).count == JobStore.columns.count)
        }
    }

    @Test("The deadline decides when a job is expired, at the moment of the question")
    func expiry() async throws {
        try await JobFixture.run { fixture in
            let end = fixture.clock.now().adding(seconds: 60)
            let id = try #require(try await fixture.place("Baker") { $0.applicationDeadline = end }.job.stored?.id)
            func isExpired(_ now: Timestamp) throws -> Bool? {
                try fixture.database.read { try JobStore.job(id, at: now, in: $0)?.stored?.isExpired }
            }
            #expect(try isExpired(end) == false)
            #expect(try isExpired(end.adding(microseconds: 1)) == true)
        }
    }

    @Test("The same source and id is the same job, and only what changed is written")
    func named() async throws {
        try await JobFixture.run { fixture in
            func place(_ title: String) async throws -> JobStore.Placement {
                try await fixture.place(title) {
                    $0.externalID = "1"
                    $0.externalSource = "feed"
                }
            }
            let first = try await place("Baker")
            #expect(first.outcome == .created)
            fixture.clock.advance(seconds: 1)
            let same = try await place("Baker")
            #expect(same.outcome == .unchanged && same.job == first.job)
            let changed = try await place("Miller")
            #expect(changed.outcome == .updated && changed.job.stored?.id == first.job.stored?.id)
            #expect(changed.job.stored?.updatedAt == fixture.clock.now() && changed.job.stored?.createdAt == first.job.stored?.createdAt)
        }
    }

    @Test("A job without a name of its own is known by its link, and takes the name it is given later")
    func linked() async throws {
        try await JobFixture.run { fixture in
            let first = try await fixture.place("Baker") { $0.externalURL = Self.link }
            let again = try await fixture.place("Baker") { $0.externalURL = Self.link + "/?utm_source=mail#top" }
            #expect(again.outcome == .updated && again.job.stored?.id == first.job.stored?.id)
            let named = try await fixture.place("Head baker") { job in
                job.externalURL = Self.link
                job.externalID = "9"
                job.externalSource = "feed"
            }
            #expect(named.outcome == .updated && named.job.stored?.id == first.job.stored?.id && named.job.externalID == "9")
            // Without its name it is still the source's job, and keeps the name.
            let unnamed = try await fixture.place("Head baker") { job in
                job.externalURL = Self.link
                job.externalSource = "feed"
            }
            #expect(unnamed.outcome == .unchanged && unnamed.job.externalID == "9")
        }
    }

    @Test("What another source says of a named job changes nothing; two names of one source are two jobs")
    func elsewhere() async throws {
        try await JobFixture.run { fixture in
            func place(_ source: String, _ id: String, _ title: String) async throws -> JobStore.Placement {
                try await fixture.place(title) { job in
                    job.externalURL = Self.link
                    job.externalID = id
                    job.externalSource = source
                }
            }
            let first = try await place("feed", "1", "Baker")
            let seen = try await place("board", "77", "Baker wanted!")
            #expect(seen.outcome == .unchanged && seen.job.stored?.id == first.job.stored?.id && seen.job.title == "Baker")
            let second = try await place("feed", "2", "Miller")
            #expect(second.outcome == .created)
            // The link leads to two jobs now, so it names neither.
            #expect(try await place("board", "78", "Carter").outcome == .created)
        }
    }

    @Test("A link is no name where it is said to be none, nor is a site's front page")
    func noLink() async throws {
        try await JobFixture.run { fixture in
            for link in [Self.link, "https://loaf.example.org/"] {
                try await fixture.place("Baker") { $0.externalURL = link }
            }
            #expect(try await fixture.place("Miller", usesLink: false) { $0.externalURL = Self.link }.outcome == .created)
            #expect(try await fixture.place("Miller") { $0.externalURL = "https://loaf.example.org" }.outcome == .created)
        }
    }

    @Test("Jobs that are only alike are named and never merged; five at most")
    func twins() async throws {
        try await JobFixture.run { fixture in
            var placed: [JobStore.Placement] = []
            for title in ["Senior Baker", "senior  baker", "SENIOR-BAKER"] { placed.append(try await fixture.place(title)) }
            #expect(placed.allSatisfy { $0.outcome == .created })
            let last = placed[2].job
            let found = try fixture.database.read { try JobStore.twins(of: last, in: $0) }
            #expect(found == placed.prefix(2).compactMap { $0.job.stored?.id })
            let other = try await fixture.place("Senior Baker") { $0.location = "Bonn" }
            #expect(try fixture.database.read { try JobStore.twins(of: other.job, in: $0) } == [])
            for _ in 0..<5 { try await fixture.place("Senior Baker") }
            #expect(try fixture.database.read { try JobStore.twins(of: last, in: $0) }.count == 5)
        }
    }

    @Test("Two jobs cannot have one external source and id")
    func taken() async throws {
        try await JobFixture.run { fixture in
            let name: (inout Job) -> Void = { $0.externalID = "1" }
            try await fixture.place("Baker", name)
            let job = JobFixture.job("Miller", name)
            await #expect(throws: JobError.externalIDTaken) { try await fixture.database.write { try JobStore.create(job, in: $0) } }
            let other = try await fixture.place("Carter").job
            await #expect(throws: JobError.externalIDTaken) {
                try await fixture.database.write { transaction in
                    var changed = other
                    changed.externalID = "1"
                    _ = try JobStore.update(changed, from: other, in: transaction)
                }
            }
        }
    }
}
