import Platform
import TestSupport
import Testing

@testable import Appliance

/// Search by meaning, through the whole appliance, beside an embeddings provider.
@Suite("Search by meaning", .timeLimit(.minutes(2)))
struct VectorSearchTests {
    private static let groups = [["bakers", "bread", "dough", "loaf", "patisserie"], ["pilots", "aircraft", "fly", "aviation"]]
    private static let meanings = StubProvider.Behaviour.meanings(groups)

    private static func settings(_ url: String, model: String = "stub-e", key: String = "") -> String {
        """
        [embeddings]
        provider = "openai"
        base_url = "\(url)"
        model = "\(model)"
        api_key = "\(key)"
        dimensions = 16
        [assistant]
        attempts = 1
        """
    }

    private static let articles = [(title: "Bakers", body: "They knead dough."), (title: "Pilots", body: "They fly.")]

    /// How many passages have a vector of the model; it is looked at until all have one.
    private func embedded(_ server: TestAppliance, _ count: Int64, model: String = "stub-e") async throws -> Bool {
        try await eventually {
            try await server.count("SELECT count(*) FROM passages WHERE model = '\(model)' AND vector IS NOT NULL") == count
        }
    }

    /// The titles of what the assistant found.
    private func found(_ user: TestUser, _ question: String) async throws -> [String] {
        let answer = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"general","context":"\#(question)"}"#)
        return (answer.json["metadata"]?["sources"]?.array ?? []).compactMap { $0["title"]?.string }
    }

    /// The same, once the index has caught up with the database.
    private func finds(_ user: TestUser, _ question: String, _ titles: [String]) async throws -> Bool {
        try await eventually { try await found(user, question) == titles }
    }

    private func texts(_ provider: StubProvider) -> [String] {
        provider.requests.flatMap { ($0.body["input"]?.array ?? []).compactMap(\.string) }
    }

    @Test("What is imported while the server runs is embedded beside it, and found without a word in common")
    func byMeaning() async throws {
        try await StubProvider.with(Self.meanings) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url, key: "sk-embed")) { server in
                let user = try await server.register()
                try await server.importArticles(Self.articles)
                #expect(try await embedded(server, 2))
                #expect(Set(texts(provider)).isSuperset(of: ["Bakers\nThey knead dough.", "Pilots\nThey fly."]))
                #expect(try await finds(user, "patisserie", ["Bakers"]))
                #expect(try await finds(user, "aviation", ["Pilots"]))
                #expect(try await found(user, "gardening") == [])
                let request = try #require(provider.requests.first)
                #expect(request.path == "/v1/embeddings" && request.body["model"] == "stub-e")
                #expect(request.headers["authorization"] == "Bearer sk-embed")
                #expect(!server.logged.text.contains("sk-embed"))
            }
        }
    }

    @Test("Both ways of finding are put together, each passage once")
    func fused() async throws {
        try await StubProvider.with(Self.meanings) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                try await server.importArticles(Self.articles + [(title: "Loaf Sellers", body: "They sell at markets.")])
                #expect(try await embedded(server, 3))
                #expect(try await finds(user, "loaf sellers", ["Loaf Sellers", "Bakers"]))
            }
        }
    }

    @Test("A changed text is embedded anew, and an unchanged one is not")
    func changed() async throws {
        try await StubProvider.with(Self.meanings) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                try await server.importArticles(Self.articles)
                #expect(try await embedded(server, 2))
                try await server.importArticles([(title: "Bakers", body: "They fly to fairs."), Self.articles[1]])
                #expect(try await eventually { texts(provider).contains("Bakers\nThey fly to fairs.") })
                #expect(try await embedded(server, 2))
                #expect(try await eventually { Set(try await found(user, "aviation")) == ["Bakers", "Pilots"] })
                #expect(texts(provider).count { $0 == "Pilots\nThey fly." } == 1)
            }
        }
    }

    @Test("An article that is made inactive leaves the index")
    func inactive() async throws {
        try await StubProvider.with(Self.meanings) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                try await server.importArticles(Self.articles)
                #expect(try await embedded(server, 2))
                #expect(try await finds(user, "patisserie", ["Bakers"]))
                let file: JSONValue = [["file": "bakers.md", "text": "---\ntitle: Bakers\nactive: false\n---\nThey knead dough.\n"]]
                let result = try await server.command("import.knowledge", payload: String(decoding: file.bytes, as: UTF8.self))
                #expect(result["updated"] == 1)
                #expect(try await finds(user, "patisserie", []))
                #expect(try await server.count("SELECT count(*) FROM passages") == 1)
            }
        }
    }

    @Test("More passages than one batch are all embedded")
    func batches() async throws {
        try await StubProvider.with(Self.meanings) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                try await server.importArticles((0..<40).map { (title: "Article \($0)", body: "Text \($0).") })
                #expect(try await embedded(server, 40))
                #expect(provider.requests.allSatisfy { ($0.body["input"]?.array?.count ?? 0) <= VectorSearch.batch })
            }
        }
    }

    @Test("Vectors outlive a restart, and the provider is not asked for them again")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(Self.meanings) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url), in: directory) { server in
                try await server.importArticles(Self.articles)
                #expect(try await embedded(server, 2))
            }
            let before = texts(provider).count
            try await TestAppliance.rerun(settings: Self.settings(url), in: directory) { server in
                let user = try await server.register()
                #expect(try await found(user, "patisserie") == ["Bakers"])
                #expect(texts(provider).dropFirst(before).elementsEqual(["patisserie"]))
            }
        }
    }

    @Test("Another model's vectors are not used, and are replaced")
    func otherModel() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(Self.meanings) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url), in: directory) { server in
                try await server.importArticles(Self.articles)
                #expect(try await embedded(server, 2))
            }
            provider.become(.status(500))
            try await TestAppliance.rerun(settings: Self.settings(url, model: "stub-f"), in: directory) { server in
                #expect(try await eventually { server.logged.text.contains("Embedding passages failed") })
                #expect(try await server.count("SELECT count(*) FROM passages WHERE model = 'stub-e'") == 2)
                provider.become(Self.meanings)
                let user = try await server.register()
                // The first question finds the provider well again, and wakes what waited for it.
                #expect(try await found(user, "patisserie") == [])
                #expect(try await embedded(server, 2, model: "stub-f"))
                #expect(try await finds(user, "patisserie", ["Bakers"]))
            }
        }
    }

    @Test(
        "With a provider that fails, search is by words, and the log says so",
        arguments: [
            StubProvider.Behaviour.status(500), .embeddings(dimension: 3), .raw(contentType: "application/json", body: "{"),
        ])
    func failing(behaviour: StubProvider.Behaviour) async throws {
        try await StubProvider.with(behaviour) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                try await server.importArticles(Self.articles)
                #expect(try await found(user, "knead dough") == ["Bakers"])
                #expect(try await found(user, "patisserie") == [])
                #expect(server.logged.text.contains("Embedding a question failed; searching by words alone."))
                #expect(try await eventually { server.logged.text.contains("Embedding passages failed") })
                #expect(try await server.count("SELECT count(*) FROM passages WHERE vector IS NOT NULL") == 0)
            }
        }
    }

    @Test("A closed job is not found any more")
    func closedJob() async throws {
        try await StubProvider.with(Self.meanings) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                func job(_ status: String) -> String {
                    #"{"title":"Bakers wanted","company":"Loaf","description":"Bread.","location":"Ulm","external_id":"1","status":"\#(status)"}"#
                }
                _ = try await server.command("import.jobs", [("format", "jsonl")], payload: job("active"))
                #expect(try await finds(user, "patisserie", ["Bakers wanted"]))
                _ = try await server.command("import.jobs", [("format", "jsonl")], payload: job("filled"))
                #expect(try await finds(user, "patisserie", []))
            }
        }
    }
}
