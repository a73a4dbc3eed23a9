import Platform
import Testing

@testable import Appliance

/// What lists and searches read beside the jobs follows them through every change.
@Suite struct JobIndexTests {
    private static func found(_ fixture: JobFixture, _ text: String) async throws -> [String] {
        try await fixture.titles(JobFilter(status: "active", words: JobQuery(text).map { .query($0) }))
    }

    @Test("Every change of a job moves its words, its narrow row and its passage, and counts as one")
    func changes() async throws {
        try await JobFixture.run { fixture in
            let database = fixture.database
            func generation() throws -> Int64 { try database.read { try JobIndex.generation(in: $0) } }
            func passages() throws -> Int64 { try database.read { try PassageStore.count(in: $0) } }
            let before = try generation()
            let job = try await fixture.place("Baker") { $0.skillsRequired = ["Dough"] }.job
            #expect(try await Self.found(fixture, "dough") == ["Baker"])
            #expect(try generation() == before + 1)
            #expect(try passages() == 1)

            func change(_ job: Job, _ change: @escaping @Sendable (inout Job) -> Void) async throws -> Job {
                try await database.write { transaction in
                    var changed = job
                    change(&changed)
                    return try JobStore.update(changed, from: job, in: transaction)
                }
            }
            let renamed = try await change(job) { job in
                job.title = "Miller"
                job.skillsRequired = ["Grain"]
            }
            #expect(try await Self.found(fixture, "dough") == [])
            #expect(try await Self.found(fixture, "grain") == ["Miller"])
            // A change that leaves the words as they are.
            let remote = try await change(renamed) { $0.isRemote = true }
            #expect(try await fixture.titles(JobFilter(isRemote: true)) == ["Miller"])
            #expect(try await Self.found(fixture, "grain") == ["Miller"])
            let closed = try await change(remote) { $0.status = "closed" }
            #expect(try await Self.found(fixture, "grain") == [])
            #expect(try await fixture.titles(JobFilter()) == ["Miller"])
            #expect(try passages() == 0)
            #expect(try await fixture.textIsInStep())
            let open = try await change(closed) { $0.status = "active" }
            #expect(try await Self.found(fixture, "grain") == ["Miller"])
            #expect(try generation() == before + 5)

            let id = try #require(open.stored?.id)
            #expect(try await database.write { try JobStore.delete(id, in: $0) })
            #expect(try await !database.write { try JobStore.delete(id, in: $0) })
            #expect(try await Self.found(fixture, "grain") == [])
            #expect(try await fixture.titles(JobFilter()) == [])
            #expect(try passages() == 0)
            #expect(try generation() == before + 6)
            let left = try await database.scan { reader in
                try ["jobs", "jobs_folded", "jobs_text_docsize", "jobs_vocabulary"].map { try reader.int("SELECT count(*) FROM \($0)") }
            }
            #expect(left == [0, 0, 0, 0])
        }
    }

    @Test("An unchanged import counts as no change")
    func unchanged() async throws {
        try await JobFixture.run { fixture in
            let name: (inout Job) -> Void = { $0.externalID = "1" }
            try await fixture.place("Baker", name)
            let before = try fixture.database.read { try JobIndex.generation(in: $0) }
            try await fixture.place("Baker", name)
            #expect(try fixture.database.read { try JobIndex.generation(in: $0) } == before)
        }
    }

    @Test("Jobs from before there was an index are taken in, also when one of them was changed or deleted before that")
    func catchUp() async throws {
        try await JobFixture.run { fixture in
            let name: @Sendable (Int) -> (inout Job) -> Void = { number in
                { job in
                    job.externalID = "\(number)"
                    job.skillsRequired = ["Dough"]
                    job.externalURL = "https://jobs.example.org/\(number)/"
                }
            }
            var ids: [Identifier] = []
            for number in 0..<120 { ids += [try await fixture.place("Baker \(number)", name(number)).job.stored?.id].compactMap { $0 } }
            try await fixture.database.write { transaction in
                try transaction.execute("INSERT INTO jobs_text (jobs_text) VALUES ('delete-all')")
                try transaction.execute("INSERT INTO jobs_words (jobs_words) VALUES ('delete-all')")
                try transaction.execute("DELETE FROM jobs_folded")
                try transaction.execute("UPDATE jobs SET skills_text = '', canonical_url = ''")
                try transaction.execute("INSERT INTO jobs_unindexed SELECT rid FROM jobs")
            }
            #expect(try await Self.found(fixture, "dough") == [])
            try await fixture.place("Miller", name(3))
            let deleted = ids[4]
            #expect(try await fixture.database.write { try JobStore.delete(deleted, in: $0) })

            try await JobIndex.catchUp(fixture.database)
            #expect(try await Self.found(fixture, "dough").count == 50)
            #expect(try await Self.found(fixture, "miller") == ["Miller"])
            #expect(try await fixture.textIsInStep())
            let linked = try await fixture.place("Baker 5") { job in
                job.externalID = "other"
                job.externalSource = "board"
                job.externalURL = "https://jobs.example.org/5"
            }
            #expect(linked.outcome == .unchanged && linked.job.stored?.id == ids[5])
            // SQLite compares the index with the texts, word by word.
            try await fixture.database.write { transaction in
                _ = try transaction.execute("INSERT INTO jobs_text (jobs_text, rank) VALUES ('integrity-check', 1)")
            }
            #expect(try fixture.database.read { try $0.int("SELECT count(*) FROM jobs_unindexed") } == 0)
        }
    }
}
