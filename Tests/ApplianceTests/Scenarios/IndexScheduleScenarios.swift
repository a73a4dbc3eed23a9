import Platform
import TestSupport
import Testing

@testable import Appliance

/// The schedules that look after vectors and the index, with an embeddings provider beside the server.
@Suite("The schedules of the index", .timeLimit(.minutes(1)))
struct IndexScheduleScenarios {
    private func run(_ body: (TestAppliance) async throws -> Void) async throws {
        try await StubProvider.with(EmbeddingStub.meanings) { _, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url)) { server in
                try await server.importArticles([(title: "Bakers", body: "They bake bread."), (title: "Pilots", body: "They fly.")])
                _ = try await server.vacancy()
                try await Self.settled(server)
                try await body(server)
            }
        }
    }

    /// Waits until every passage has its vector.
    private static func settled(_ server: TestAppliance) async throws {
        #expect(try await server.embedded(try await server.count("SELECT count(*) FROM passages")))
    }

    @Test("Jobs and articles that lack passages or vectors get them, and profiles by their own schedule")
    func backfill() async throws {
        try await run { server in
            let ada = try await server.register()
            let profile = try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
            #expect(try await ada.patch("/api/v1/auth/profiles/\(profile)/", #"{"current_title":"Baker"}"#).status == 200)
            try await Self.settled(server)
            #expect(try await server.result(.embedJobs) == ["documents": 0, "passages": 0, "waiting": 0])
            let count = try await server.count("SELECT count(*) FROM passages")
            let own = try await server.count("SELECT count(*) FROM passages WHERE is_public = 0")
            try await server.database.write { try PassageStore.remove(.job, 1, in: $0) }
            try await server.change(
                "DELETE FROM passage_vectors WHERE passage_rid IN (SELECT rid FROM passages WHERE title = 'Bakers' OR is_public = 0)")
            let found = try await server.result(.embedJobs)
            #expect(found["documents"] == 1 && found["passages"] == 1)
            #expect(try await eventually { try await server.count("SELECT count(*) FROM passage_vectors") == count - own })
            #expect(own > 0)
            #expect(try await server.result(.embedProfiles)["passages"] == .integer(Int(own)))
            try await Self.settled(server)
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("What differs in the index is found and mended; what is in order keeps its vectors")
    func check() async throws {
        try await run { server in
            let clean = try await server.result(.checkIndex)
            #expect(clean["problem_count"] == 0 && clean["documents"] == 3, "\(clean.jsonText)")
            let kept = try await server.count("SELECT rid FROM passage_vectors WHERE passage_rid = 1")
            try await server.change("UPDATE passages SET start_byte = start_byte + 1 WHERE title = 'Pilots'")
            try await server.change("DELETE FROM passage_vectors WHERE passage_rid IN (SELECT rid FROM passages WHERE title = 'Baker')")
            let found = try await server.result(.checkIndex)
            #expect(found["problem_count"]?.int ?? 0 >= 2, "\(found.jsonText)")
            try await Self.settled(server)
            #expect(try await eventually { try await server.result(.checkIndex)["problem_count"] == 0 })
            #expect(try await server.indexProblems() == [])
            #expect(try await server.count("SELECT rid FROM passage_vectors WHERE passage_rid = 1") == kept)
        }
    }

    @Test("Vectors of the wrong length, and those in memory that are not the database's, are made good")
    func vectors() async throws {
        try await run { server in
            try await server.change("UPDATE passage_vectors SET vector = x'00000000' WHERE passage_rid = 1")
            try await server.change("INSERT INTO passages_waiting (passage_rid) VALUES (2)")
            #expect(try await server.result(.checkIndex)["problem_count"]?.int ?? 0 >= 2)
            #expect(try await eventually { try await server.indexProblems() == [] })
            #expect(try await server.count("SELECT min(length(vector)) FROM passage_vectors") == 64)
        }
    }
}
