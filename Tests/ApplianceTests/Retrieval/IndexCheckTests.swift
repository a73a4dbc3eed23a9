import Platform
import TestSupport
import Testing

@testable import Appliance

/// `index verify` finds what is wrong, and `index rebuild` mends it.
@Suite("Index check", .timeLimit(.minutes(2)))
struct IndexCheckTests {
    private static let long = (0..<80).map { "Bakers knead dough, sentence \($0)." }.joined(separator: " ")

    private func run(_ body: (TestAppliance) async throws -> Void) async throws {
        try await StubProvider.with(EmbeddingStub.meanings) { _, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url)) { server in
                try await server.importArticles([(title: "Bakers", body: Self.long), (title: "Pilots", body: "They fly.")])
                let passages = try await server.count("SELECT count(*) FROM passages")
                #expect(passages > 3)
                #expect(try await server.embedded(passages))
                #expect(try await server.indexProblems() == [])
                try await body(server)
            }
        }
    }

    /// A passage of the long article.
    private func passage(_ server: TestAppliance) async throws -> Int64 {
        try await server.count("SELECT max(rid) FROM passages WHERE title = 'Bakers'")
    }

    private func spoil(_ server: TestAppliance, _ statements: String...) async throws {
        try await server.database.write { transaction in for statement in statements { try transaction.execute(statement) } }
    }

    /// Rebuilds, and waits until nothing is wrong any more.
    private func mends(_ server: TestAppliance) async throws -> Bool {
        _ = try await server.command("index.rebuild")
        return try await eventually { try await server.indexProblems() == [] }
    }

    @Test("A passage whose text is not its document's is found, and made anew")
    func text() async throws {
        try await run { server in
            let passage = try await passage(server)
            try await spoil(server, "UPDATE passages SET start_byte = start_byte + 1 WHERE rid = \(passage)")
            #expect(try await server.indexProblems() == ["knowledge_article 1: its passages are not those of its text"])
            #expect(try await mends(server))
        }
    }

    @Test("Words that the full-text index lacks are found and put back")
    func words() async throws {
        try await run { server in
            try await spoil(server, "INSERT INTO passages_text (passages_text) VALUES ('delete-all')")
            #expect(try await server.indexProblems() == ["the words of the full-text index are not those of the passages"])
            #expect(try await mends(server))
            #expect(try await server.register().found("knead dough").first == "Bakers")
        }
    }

    @Test("A passage that is neither embedded nor waiting is found, and a document of what is gone")
    func lost() async throws {
        try await run { server in
            let passage = try await passage(server)
            try await spoil(
                server, "DELETE FROM passage_vectors WHERE passage_rid = \(passage)",
                "DELETE FROM knowledge_articles WHERE title = 'Pilots'")
            let problems = try await server.indexProblems()
            #expect(
                problems == [
                    "knowledge_article 2: there are passages of something that is gone",
                    "passage \(passage): it has no vector and waits for none",
                ])
            #expect(try await mends(server))
            #expect(try await server.count("SELECT count(*) FROM documents") == 1)
        }
    }

    @Test("A vector in memory that is not the database's is found, and read anew")
    func memory() async throws {
        try await run { server in
            let passage = try await passage(server)
            let other = "(SELECT vector FROM passage_vectors WHERE passage_rid = 1)"
            try await spoil(server, "UPDATE passage_vectors SET vector = \(other) WHERE passage_rid = \(passage)")
            let expected = "passage \(passage): its vector in memory is not the one in the database"
            // Texts of one meaning differ by a little in each of their words.
            #expect(try await server.indexProblems() == [expected])
            #expect(try await mends(server))
        }
    }

    @Test("A vector of the wrong length is found")
    func length() async throws {
        try await run { server in
            try await spoil(server, "UPDATE passage_vectors SET vector = x'00000000' WHERE passage_rid = 1")
            #expect(try await server.indexProblems().first == "passage 1: its vector has not the length of its model's")
        }
    }

    @Test("With all vectors made anew each passage is embedded once more")
    func vectors() async throws {
        try await run { server in
            let before = try await server.count("SELECT max(rid) FROM passage_vectors")
            let count = try await server.count("SELECT count(*) FROM passage_vectors")
            _ = try await server.command("index.rebuild", [("vectors", true)])
            #expect(try await server.embedded(count))
            #expect(try await server.count("SELECT min(rid) FROM passage_vectors") > before)
            #expect(try await eventually { try await server.indexProblems() == [] })
        }
    }

    @Test("What was stored before there were passages is taken in at the start, with the vectors that there were")
    func firstForm() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(EmbeddingStub.meanings) { provider, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url), in: directory) { server in
                try await server.importArticles([(title: "Bakers", body: Self.long), (title: "Pilots", body: "They fly.")])
                #expect(try await server.embedded(try await server.count("SELECT count(*) FROM passages")))
                // As the first form had it: whole, however long, and due.
                try await server.database.write { transaction in
                    try transaction.execute("DELETE FROM passages WHERE title = 'Bakers'")
                    try transaction.execute(
                        "INSERT INTO passages SELECT 1000, 1, 0, 0, length(CAST(content AS BLOB)), 1, title, content FROM knowledge_articles WHERE rid = 1"
                    )
                    try transaction.execute("INSERT INTO passages_waiting (passage_rid) VALUES (1000)")
                    try TextIndex.rebuild(in: transaction)
                    try transaction.execute(
                        "INSERT INTO documents_due VALUES ('knowledge_article', 1), ('knowledge_article', 2), ('gone', 3)")
                }
            }
            let asked = EmbeddingStub.texts(provider).count { $0 == "Pilots\nThey fly." }
            try await TestAppliance.rerun(settings: EmbeddingStub.settings(url), in: directory) { server in
                let passages = try await server.count("SELECT count(*) FROM passages")
                #expect(try await server.count("SELECT count(*) FROM documents_due") == 0 && passages > 3)
                #expect(try await server.embedded(passages))
                #expect(EmbeddingStub.texts(provider).count { $0 == "Pilots\nThey fly." } == asked)
                #expect(try await server.indexProblems() == [])
            }
        }
    }
}
