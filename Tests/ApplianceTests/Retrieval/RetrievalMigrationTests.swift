import Platform
import TestSupport
import Testing

@testable import Appliance

/// A database of the first form is opened by this release.
@Suite("Passages of the first form", .timeLimit(.minutes(1)))
struct RetrievalMigrationTests {
    /// Opens the database with these steps of the schema, runs `body`, and closes it again.
    private func with<T: Sendable>(
        _ migrations: [Migration], in directory: TemporaryDirectory, _ body: (Database) async throws -> T
    ) async throws -> T {
        _ = try await eventually { (try? DataDirectory(locking: directory.path + "/data")) != nil }
        let lock = try DataDirectory(locking: directory.path + "/data")
        let database = try Database(directory: lock, migrations: migrations, clock: SystemClock(), random: SystemRandom())
        let result: Result<T, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                database.close()
                lock.unlock()
                continuation.resume()
            }
        }
        return try result.get()
    }

    @Test("Jobs, articles and their vectors are carried over, and what is due is taken in at the next start")
    func carriedOver() async throws {
        let directory = try TemporaryDirectory()
        let job = try await with(Schema.migrations.filter { $0.version < 60 }, in: directory) { database in
            try await database.write { transaction -> Identifier in
                let id = transaction.newIdentifier()
                let places = (1...(JobStore.columns.count + 1)).map { "$\($0)" }.joined(separator: ", ")
                try transaction.execute(
                    "INSERT INTO jobs (\(JobStore.columns.joined(separator: ", ")), id, created_at, updated_at) VALUES (\(places), 1, 1)",
                    arguments: JobStore.values(of: JobFixture.job("Baker")) + [id])
                try transaction.execute(
                    "INSERT INTO knowledge_articles VALUES (7, 'Mills', 'mills', 'They grind.', 'other', '', '', 1, 1, 1)")
                let insert = """
                    INSERT INTO passages (source_type, source_id, title, body, metadata, model, vector, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, '{}', $5, $6, 1, 1)
                    """
                let text = JobFixture.job("Baker").searchText
                try transaction.execute(insert, "job_listing", id.description, "Baker", text, "m", [0, 0, 128, 63, 0, 0, 0, 0] as [UInt8])
                try transaction.execute(insert, "knowledge_article", "7", "Mills", "They grind.", nil, nil)
                try transaction.execute(insert, "job_listing", "gone", "Gone", "Nobody.", nil, nil)
                return id
            }
        }
        try await with(Schema.migrations, in: directory) { database in
            func number(_ sql: String) throws -> Int64 { try database.read { try $0.int(sql) } }
            let found = try database.read { try PassageStore.passages(of: .job, 1, in: $0) }
            #expect(found.map(\.title) == ["Baker"] && found.first?.sourceID == job.description)
            #expect(found.first?.end == JobFixture.job("Baker").searchText.utf8.count)
            #expect(try database.read { try PassageStore.passages(of: .article, 7, in: $0) }.map(\.body) == ["They grind."])
            #expect(try number("SELECT count(*) FROM passages") == 2)
            #expect(try database.read { try VectorStore.serving(in: $0) } == StoredModel(name: "m", provider: "openai", dimensions: 2))
            #expect(try database.read { try VectorStore.entry(of: found.first?.rowID ?? 0, model: "m", in: $0) }?.vector == [1, 0])
            #expect(try number("SELECT count(*) FROM passages_waiting") == 1)
            let sources = Parts.documentSources
            try await DocumentIndex(database: database, sources: sources).catchUp()
            #expect(try database.read { try PassageStore.passages(of: .job, 1, in: $0) }.map(\.rowID) == found.map(\.rowID))
            #expect(try number("SELECT count(*) FROM documents_due") == 0)
            #expect(try await IndexCheck(database: database, sources: sources, vectors: nil).run().problems == [])
        }
    }
}
