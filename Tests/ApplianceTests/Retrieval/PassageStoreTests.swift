import Platform
import TestSupport
import Testing

@testable import Appliance

/// Documents in a real database: which passages are kept, made and removed, and what is written beside them.
@Suite("Passages in the database", .timeLimit(.minutes(1)))
struct PassageStoreTests {
    private static let model = StoredModel(name: "m", provider: "local", dimensions: 2)

    private func document(_ text: String, title: String = "Baker") -> Document {
        Document(source: .article, rowID: 7, id: "7", title: title, text: text)
    }

    /// A text of three pieces at least, each paragraph about something else.
    private func long(_ words: [String]) -> String {
        words.map { word in "# \(word)\n" + (0..<20).map { "The \(word) has sentence \($0). " }.joined() }.joined(separator: "\n")
    }

    private func put(_ document: Document, in database: Database) async throws -> [Passage] {
        try await database.write { try PassageStore.put(document, in: $0) }
        return try database.read { try PassageStore.passages(of: document.source, document.rowID, in: $0) }
    }

    private func numbers(_ sql: String, in database: Database) throws -> [Int64] {
        try database.read { try $0.rows(sql) { try $0.int(0) } }
    }

    private func embed(_ passages: [Passage], in database: Database) async throws {
        try await database.write { transaction in
            try VectorStore.want(Self.model, in: transaction)
            try VectorStore.keep(passages.map { ($0.rowID, .vector([1, Float($0.rowID)])) }, of: "m", in: transaction)
        }
    }

    @Test("A small document is one passage, a long one several whose bytes are the document's")
    func split() async throws {
        try await JobFixture.run { fixture in
            #expect(try await put(document("Bakes bread."), in: fixture.database).map(\.body) == ["Bakes bread."])
            let text = long(["oven", "dough", "shop"])
            let passages = try await put(document(text), in: fixture.database)
            #expect(passages.count >= 3)
            for passage in passages {
                #expect(Array(text.utf8)[passage.start..<passage.end].elementsEqual(passage.body.utf8))
                #expect(passage.title == "Baker" && passage.sourceID == "7")
            }
        }
    }

    @Test("Where a document changes, what is still there keeps its row and its vector, and only the rest waits")
    func reuse() async throws {
        try await JobFixture.run { fixture in
            let before = try await put(document(long(["oven", "dough", "shop"])), in: fixture.database)
            try await embed(before, in: fixture.database)
            let after = try await put(document(long(["oven", "market", "shop"])), in: fixture.database)
            let kept = Set(before.map(\.rowID)).intersection(after.map(\.rowID))
            #expect(!kept.isEmpty && kept.count < after.count)
            for passage in after where kept.contains(passage.rowID) {
                #expect(before.first { $0.rowID == passage.rowID }?.body == passage.body)
            }
            #expect(try numbers("SELECT passage_rid FROM passage_vectors ORDER BY 1", in: fixture.database) == kept.sorted())
            let waiting = try numbers("SELECT passage_rid FROM passages_waiting ORDER BY 1", in: fixture.database)
            #expect(Set(waiting) == Set(after.map(\.rowID)).subtracting(kept))
        }
    }

    @Test("Another title makes every passage anew, and a removed document leaves nothing but what changed")
    func removed() async throws {
        try await JobFixture.run { fixture in
            let before = try await put(document("Bakes bread."), in: fixture.database)
            try await embed(before, in: fixture.database)
            let renamed = try await put(document("Bakes bread.", title: "Miller"), in: fixture.database)
            #expect(renamed.map(\.rowID) != before.map(\.rowID))
            try await fixture.database.write { try PassageStore.remove(.article, 7, in: $0) }
            for table in ["documents", "passages", "passage_vectors", "passages_waiting"] {
                #expect(try numbers("SELECT count(*) FROM \(table)", in: fixture.database) == [0], "\(table)")
            }
            let kinds = try fixture.database.read { try $0.rows("SELECT kind FROM changes ORDER BY rid") { try $0.text(0) } }
            #expect(kinds == ["added", "removed"])
        }
    }

    @Test("An unchanged document changes nothing")
    func unchanged() async throws {
        try await JobFixture.run { fixture in
            let before = try await put(document("Bakes bread."), in: fixture.database)
            try await embed(before, in: fixture.database)
            #expect(try await put(document("Bakes bread."), in: fixture.database) == before)
            #expect(try numbers("SELECT count(*) FROM changes", in: fixture.database) == [1])
            #expect(try numbers("SELECT count(*) FROM passages_waiting", in: fixture.database) == [0])
        }
    }

    @Test("Private text is found by its owner alone, and no word of it is in the full-text index")
    func privacy() async throws {
        try await AccountsFixture.run { fixture in
            let (ada, eve) = (
                try await RecommenderTests.baker(in: fixture.database) { $0.currentTitle = "Patissier" },
                try await RecommenderTests.baker("eve@example.org", in: fixture.database) { $0.currentTitle = "Pilot" }
            )
            func found(_ owner: Owner?, _ word: String) async throws -> [String] {
                let scope = PassageScope(sources: Set(Passage.Source.allCases), owner: owner)
                return try await fixture.database.scan { reader in
                    try PassageWords.matches(TextQuery(word), in: scope, limit: 10, in: reader).map(\.passage.body)
                }
            }
            #expect(try await found(ada.owner, "patissier") == ["Title: Patissier"])
            #expect(try await found(eve.owner, "patissier") == [])
            #expect(try await found(nil, "patissier") == [])
            #expect(try await fixture.database.scan { try $0.int("SELECT count(*) FROM passages_text_docsize") } == 0)
            #expect(
                try await fixture.database.scan { try $0.int("SELECT count(*) FROM passages_text WHERE passages_text MATCH 'patissier'") }
                    == 0)

            try await fixture.database.write { try AccountStore.delete(ada.owner, in: $0) }
            #expect(try numbers("SELECT count(*) FROM documents WHERE account_rid = \(ada.rowID)", in: fixture.database) == [0])
            #expect(try numbers("SELECT count(*) FROM passages WHERE body LIKE '%Patissier%'", in: fixture.database) == [0])
            #expect(try await found(eve.owner, "pilot") == ["Title: Pilot"])
        }
    }

    @Test("A private document without an owner, and a public one with one, are stored nowhere")
    func confused() async throws {
        try await JobFixture.run { (fixture: JobFixture) async throws in
            var wrong = document("Bakes bread.")
            wrong.owner = Owner.ofWork(accountRowID: 1)
            #expect(try await put(wrong, in: fixture.database).isEmpty)
            wrong = Document(source: .resume, rowID: 1, id: "1", title: "", text: "Bakes bread.")
            #expect(try await put(wrong, in: fixture.database).isEmpty)
            #expect(try numbers("SELECT count(*) FROM documents", in: fixture.database) == [0])
        }
    }

    @Test("A model takes over when its vectors are complete, or at once where there are none to be replaced")
    func models() async throws {
        try await JobFixture.run { fixture in
            let database = fixture.database
            func serving() throws -> String? { try database.read { try VectorStore.serving(in: $0)?.name } }
            let passages = try await put(document(long(["oven", "dough", "shop"])), in: database)
            try await embed(Array(passages.prefix(1)), in: database)
            #expect(try serving() == "m")
            let other = StoredModel(name: "n", provider: "openai", dimensions: 2)
            try await database.write { try VectorStore.want(other, in: $0) }
            #expect(try serving() == "m" && database.read { try VectorStore.waitingCount(in: $0) } == Int64(passages.count))
            for passage in passages.dropLast() {
                try await database.write { try VectorStore.keep([(passage.rowID, .vector([0, 1]))], of: "n", in: $0) }
                #expect(try serving() == "m")
            }
            // What comes of the model that is no longer wanted is of no use.
            try await database.write { try VectorStore.keep([(passages[0].rowID, .vector([1, 1]))], of: "m", in: $0) }
            let last = try #require(passages.last?.rowID)
            try await database.write { try VectorStore.keep([(last, .refused("no"))], of: "n", in: $0) }
            #expect(try serving() == "n" && database.read { try VectorStore.refusedCount(in: $0) } == 1)
            #expect(try await !database.write { try VectorStore.deleteUnused(limit: 10, in: $0) })
            #expect(try database.read { try VectorStore.counts(in: $0) }.map(\.model) == ["n"])
            // With other dimensions it is another model, whose vectors are of no use.
            try await database.write { try VectorStore.want(StoredModel(name: "n", provider: "openai", dimensions: 3), in: $0) }
            #expect(try numbers("SELECT count(*) FROM passage_vectors", in: database) == [0])
            try await database.write { try VectorStore.want(nil, in: $0) }
            #expect(try database.read { try VectorStore.wanted(in: $0) } == nil)
        }
    }

    @Test("However many passages come in, one item is ordered, and none where nothing embeds")
    func orders() async throws {
        try await JobFixture.run { fixture in
            _ = try await put(document("Bakes bread."), in: fixture.database)
            #expect(try numbers("SELECT count(*) FROM work_items", in: fixture.database) == [0])
            try await fixture.database.write { try VectorStore.want(Self.model, in: $0) }
            for number in 0..<30 { try await fixture.place("Baker \(number)") }
            #expect(try numbers("SELECT count(*) FROM work_items WHERE kind = 'retrieval.embed'", in: fixture.database) == [1])
        }
    }
}
