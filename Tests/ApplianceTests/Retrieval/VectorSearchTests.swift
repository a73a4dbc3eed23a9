import Platform
import TestSupport
import Testing

@testable import Appliance

/// Search by meaning, through the whole appliance, beside an embeddings provider.
@Suite("Search by meaning", .timeLimit(.minutes(2)))
struct VectorSearchTests {
    private static let articles = [(title: "Bakers", body: "They knead dough."), (title: "Pilots", body: "They fly.")]

    private func texts(_ provider: StubProvider) -> [String] { EmbeddingStub.texts(provider) }

    /// Runs `body` with an appliance whose provider knows the meanings of words.
    private func run(
        key: String = "", _ behaviour: StubProvider.Behaviour = EmbeddingStub.meanings,
        _ body: (TestAppliance, StubProvider) async throws -> Void
    ) async throws {
        try await StubProvider.with(behaviour) { provider, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url, key: key)) { try await body($0, provider) }
        }
    }

    @Test("What is imported while the server runs is embedded beside it, and found without a word in common")
    func byMeaning() async throws {
        try await run(key: "sk-embed") { server, provider in
            let user = try await server.register()
            try await server.importArticles(Self.articles)
            #expect(try await server.embedded(2))
            #expect(Set(texts(provider)).isSuperset(of: ["Bakers\nThey knead dough.", "Pilots\nThey fly."]))
            #expect(try await user.finds("patisserie", ["Bakers"]))
            #expect(try await user.finds("aviation", ["Pilots"]))
            #expect(try await user.found("gardening") == [])
            let request = try #require(provider.requests.first)
            #expect(request.path == "/v1/embeddings" && request.body["model"] == "stub-e")
            #expect(request.headers["authorization"] == "Bearer sk-embed")
            #expect(!server.logged.text.contains("sk-embed"))
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("Both ways of finding are put together, each passage once")
    func fused() async throws {
        try await run { server, _ in
            let user = try await server.register()
            try await server.importArticles(Self.articles + [(title: "Loaf Sellers", body: "They sell at markets.")])
            #expect(try await server.embedded(3))
            #expect(try await user.finds("loaf sellers", ["Loaf Sellers", "Bakers"]))
        }
    }

    @Test("A changed text is embedded anew, and an unchanged one is not")
    func changed() async throws {
        try await run { server, provider in
            let user = try await server.register()
            try await server.importArticles(Self.articles)
            #expect(try await server.embedded(2))
            try await server.importArticles([(title: "Bakers", body: "They fly to fairs."), Self.articles[1]])
            #expect(try await eventually { texts(provider).contains("Bakers\nThey fly to fairs.") })
            #expect(try await server.embedded(2))
            #expect(try await eventually { Set(try await user.found("aviation")) == ["Bakers", "Pilots"] })
            #expect(texts(provider).count { $0 == "Pilots\nThey fly." } == 1)
        }
    }

    @Test("An article that is made inactive leaves the index")
    func inactive() async throws {
        try await run { server, _ in
            let user = try await server.register()
            try await server.importArticles(Self.articles)
            #expect(try await server.embedded(2))
            #expect(try await user.finds("patisserie", ["Bakers"]))
            let file: JSONValue = [["file": "bakers.md", "text": "---\ntitle: Bakers\nactive: false\n---\nThey knead dough.\n"]]
            let result = try await server.command("import.knowledge", payload: String(decoding: file.bytes, as: UTF8.self))
            #expect(result["updated"] == 1)
            #expect(try await user.finds("patisserie", []))
            #expect(try await server.count("SELECT count(*) FROM passages") == 1)
            #expect(try await eventually { server.vectors.shelves?.count == 1 })
        }
    }

    @Test("More passages than one batch are all embedded, by a few items of work")
    func batches() async throws {
        try await run { server, provider in
            try await server.importArticles((0..<40).map { (title: "Article \($0)", body: "Text \($0).") })
            #expect(try await server.embedded(40))
            #expect(provider.requests.allSatisfy { ($0.body["input"]?.array?.count ?? 0) <= EmbedWork.batch })
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE kind = 'retrieval.embed'") <= 4)
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("Vectors outlive a restart, and the provider is not asked for them again")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(EmbeddingStub.meanings) { provider, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url), in: directory) { server in
                try await server.importArticles(Self.articles)
                #expect(try await server.embedded(2))
            }
            let before = texts(provider).count
            try await TestAppliance.rerun(settings: EmbeddingStub.settings(url), in: directory) { server in
                let user = try await server.register()
                #expect(try await user.found("patisserie") == ["Bakers"])
                #expect(texts(provider).dropFirst(before).elementsEqual(["patisserie"]))
                #expect(try await server.count("SELECT count(*) FROM changes") == 0)
            }
        }
    }

    @Test(
        "With a provider that fails, search is by words, and the log says so",
        arguments: [
            StubProvider.Behaviour.status(500), .embeddings(dimension: 3), .raw(contentType: "application/json", body: "{"),
        ])
    func failing(behaviour: StubProvider.Behaviour) async throws {
        try await run(behaviour) { server, _ in
            let user = try await server.register()
            try await server.importArticles(Self.articles)
            #expect(try await user.found("knead dough") == ["Bakers"])
            #expect(try await user.found("patisserie") == [])
            #expect(server.logged.text.contains("Embedding a question failed; searching by words alone."))
            #expect(try await eventually { server.logged.text.contains(#""kind":"retrieval.embed""#) })
            #expect(try await server.count("SELECT count(*) FROM passage_vectors") == 0)
            #expect(try await server.count("SELECT count(*) FROM passages_waiting WHERE refusal IS NULL") == 2)
        }
    }

    @Test("A passage that the provider always refuses does not hold up the others, and is found by its words")
    func refused() async throws {
        try await run(.meaningsRefusing("poison", EmbeddingStub.groups)) { server, provider in
            let user = try await server.register()
            try await server.importArticles(
                [(title: "Chemists", body: "They handle poison with care.")] + (0..<9).map { (title: "Bakers \($0)", body: "Dough.") })
            #expect(try await server.embedded(9))
            #expect(try await eventually { try await server.command("index.status")["refused"] == 1 })
            #expect(try await server.command("index.status")["waiting"] == 0)
            provider.become(EmbeddingStub.meanings)
            #expect(try await user.found("handle poison") == ["Chemists"])
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("A closed job is not found any more")
    func closedJob() async throws {
        try await run { server, _ in
            let user = try await server.register()
            func job(_ status: String) -> String {
                #"{"title":"Bakers wanted","company":"Loaf","description":"Bread.","location":"Ulm","external_id":"1","status":"\#(status)"}"#
            }
            _ = try await server.command("import.jobs", [("format", "jsonl")], payload: job("active"))
            #expect(try await user.finds("patisserie", ["Bakers wanted"]))
            _ = try await server.command("import.jobs", [("format", "jsonl")], payload: job("filled"))
            #expect(try await user.finds("patisserie", []))
        }
    }

    @Test("A profile is embedded line by line for its owner alone, and nothing of it outlives the account")
    func profile() async throws {
        try await run { server, _ in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            for user in [ada, eve] {
                let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
                let body = #"{"current_title":"Patisserie chef","skills":["Dough"]}"#
                #expect(try await user.patch("/api/v1/auth/profiles/\(profile)/", body).status == 200)
            }
            // A title, a level, skills and whether remote work is welcome, of each.
            #expect(try await server.embedded(8))
            #expect(try await eventually { server.vectors.shelves?.count == 8 })
            let owner = try #require(try server.database.accountOwner(ada.email))
            let question = try #require(await server.vectors.prepare("bread"))
            let mine = question.shelves.nearest(to: question.vector, in: PassageScope(sources: [.profile], owner: owner), limit: 10)
            #expect(mine.count == 4 && mine.allSatisfy { $0.group == owner.rowID })
            #expect(question.shelves.nearest(to: question.vector, in: .everybodys, limit: 10).isEmpty)
            // The assistant is told the profile, and does not find it.
            #expect(try await ada.found("patisserie chef") == [])

            #expect(try await ada.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#).status == 204)
            #expect(try await eventually { server.vectors.shelves?.count == 4 })
            #expect(try await server.count("SELECT count(*) FROM passage_vectors") == 4)
            #expect(mine.allSatisfy { server.vectors.shelves?.vector(of: $0.passage) == nil })
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("What was followed is deleted from the sequence of changes")
    func trimmed() async throws {
        try await run { server, _ in
            try await server.importArticles((0..<300).map { (title: "Article \($0)", body: "Text \($0).") })
            #expect(try await server.embedded(300))
            #expect(try await eventually { try await server.count("SELECT count(*) FROM changes") < 256 })
            #expect(try await eventually { server.vectors.shelves?.count == 300 })
        }
    }
}
