import Platform
import TestSupport
import Testing

@testable import Appliance

/// What a question finds, without a server around it.
@Suite("Retriever", .timeLimit(.minutes(1)))
struct RetrieverTests {
    private func articles(_ count: Int, in database: Database) async throws {
        try await database.write { transaction in
            for number in 1...count {
                let text = (0..<60).map { "Bakers knead dough, sentence \($0)." }.joined(separator: " ")
                let document = Document(source: .article, rowID: Int64(number), id: "\(number)", title: "Bakers \(number)", text: text)
                try PassageStore.put(document, in: transaction)
            }
        }
    }

    @Test("Of one document at most two passages are answers, and no more than asked for")
    func perDocument() async throws {
        try await JobFixture.run { fixture in
            try await articles(2, in: fixture.database)
            let retriever = Retriever(database: fixture.database, vectors: nil)
            let found = try await retriever.search("bakers knead dough")
            #expect(found.count == 4 && Set(found.map(\.sourceID)) == ["1", "2"])
            #expect(try await retriever.search("bakers knead dough", limit: 3).count == 3)
        }
    }

    @Test("Without vectors an off-topic question finds nothing, by meaning nothing at all, and each search is counted")
    func nothing() async throws {
        try await JobFixture.run { fixture in
            try await articles(1, in: fixture.database)
            let retriever = Retriever(database: fixture.database, vectors: nil)
            #expect(try await retriever.search("How many moons has Jupiter?") == [])
            #expect(try await retriever.search("bakers knead dough", mode: .semantic) == [])
            #expect(try await retriever.search("?!") == [])
            let ranked = try await retriever.rank("bakers of Jupiter", in: .everybodys)
            #expect(!ranked.isEmpty && ranked.allSatisfy { !$0.isAnswer })
            var writer = MetricsWriter()
            retriever.metrics.write(into: &writer)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            #expect(text.contains(#"jobraker_retrieval_search_seconds_count{mode="hybrid"} 3"#))
            #expect(text.contains(#"jobraker_retrieval_empty_searches_total{mode="semantic"} 1"#))
        }
    }

    @Test("Words are looked for in the sources of the scope, and among what is allowed")
    func scopes() async throws {
        try await JobFixture.run { fixture in
            try await articles(1, in: fixture.database)
            try await fixture.place("Dough kneader")
            try await fixture.place("Dough tester")
            func found(_ scope: PassageScope) async throws -> Set<String> {
                let matches = try await fixture.database.scan { try PassageWords.matches(TextQuery("dough"), in: scope, limit: 20, in: $0) }
                return Set(matches.map(\.passage.title))
            }
            #expect(try await found(.everybodys) == ["Bakers 1", "Dough kneader", "Dough tester"])
            #expect(try await found(.jobs()) == ["Dough kneader", "Dough tester"])
            #expect(try await found(.jobs([2])) == ["Dough tester"])
            #expect(try await found(PassageScope(sources: [.profile])) == [])
        }
    }
}
