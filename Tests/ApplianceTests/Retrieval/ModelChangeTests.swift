import Platform
import TestSupport
import Testing

@testable import Appliance

/// Another model is configured: everything is embedded anew, and search goes on meanwhile.
@Suite("Change of the embedding model", .timeLimit(.minutes(2)))
struct ModelChangeTests {
    private static let articles = [(title: "Bakers", body: "They knead dough."), (title: "Pilots", body: "They fly.")]

    private static func serving(_ server: TestAppliance) async throws -> String? {
        try await server.command("index.status")["serving_model"]?["name"]?.string
    }

    /// Runs `body` on a database that is full of vectors of `stub-e`, with `stub-f` configured.
    private func change(
        articles: [(title: String, body: String)], then behaviours: StubProvider.Behaviour...,
        run body: (TestAppliance, StubProvider) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(EmbeddingStub.meanings) { provider, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url), in: directory) { server in
                try await server.importArticles(articles)
                #expect(try await server.embedded(Int64(articles.count)))
            }
            provider.become(behaviours)
            try await TestAppliance.rerun(settings: EmbeddingStub.settings(url, model: "stub-f"), in: directory) {
                try await body($0, provider)
            }
        }
    }

    @Test("While the new model's vectors cannot be made, the old model's are searched with the old model's questions")
    func stalled() async throws {
        try await change(articles: Self.articles, then: .status(500)) { server, provider in
            #expect(try await eventually { server.logged.text.contains(#""kind":"retrieval.embed""#) })
            #expect(try await server.count("SELECT count(*) FROM passage_vectors WHERE model = 'stub-e'") == 2)
            #expect(try await Self.serving(server) == "stub-e")
            provider.become(EmbeddingStub.meanings)
            let user = try await server.register()
            #expect(try await user.found("patisserie") == ["Bakers"])
            let question = try #require(provider.requests.last { $0.body["input"] == ["patisserie"] })
            #expect(question.body["model"] == "stub-e")

            // The question has shown that the provider is back, and what waited goes on at once.
            #expect(try await server.embedded(2, model: "stub-f"))
            #expect(try await eventually { try await Self.serving(server) == "stub-f" })
            #expect(try await server.embedded(0))
            #expect(try await eventually { server.vectors.shelves?.model.name == "stub-f" })
            #expect(try await user.found("patisserie") == ["Bakers"])
            #expect(provider.requests.last?.body["model"] == "stub-f")
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("Half of the new vectors serve nobody: the old ones are searched until the last is there")
    func half() async throws {
        let articles = (0..<EmbedWork.batch + 8).map { (title: "Bakers \($0)", body: "Dough.") }
        try await change(articles: articles, then: EmbeddingStub.meanings, .status(500)) { server, provider in
            #expect(try await server.embedded(Int64(EmbedWork.batch), model: "stub-f"))
            let status = try await server.command("index.status")
            #expect(status["serving_model"]?["name"] == "stub-e" && status["wanted_model"]?["name"] == "stub-f")
            #expect(status["memory"]?["vectors"] == .integer(articles.count))
            #expect(server.vectors.shelves?.model.name == "stub-e")
            #expect(try await server.indexProblems() == [])
            provider.become(EmbeddingStub.meanings)
            let user = try await server.register()
            #expect(try await user.found("patisserie").count == 5)
            #expect(try await eventually { server.vectors.shelves?.model.name == "stub-f" })
            #expect(server.vectors.shelves?.count == articles.count)
            #expect(try await server.embedded(0))
            #expect(try await server.indexProblems() == [])
        }
    }

    @Test("Without an embeddings provider vectors stay as they are, and search is by words")
    func off() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(EmbeddingStub.meanings) { _, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url), in: directory) { server in
                try await server.importArticles(Self.articles)
                #expect(try await server.embedded(2))
            }
            try await TestAppliance.rerun(settings: "[embeddings]\nprovider = \"none\"\n", in: directory) { server in
                let user = try await server.register()
                #expect(try await user.found("patisserie") == [])
                #expect(try await user.found("knead dough") == ["Bakers"])
                #expect(try await server.count("SELECT count(*) FROM passage_vectors") == 2)
                let status = try await server.command("index.status")
                #expect(status["wanted_model"] == .null && status["memory"] == .null && status["notice"] == .null)
                try await server.importArticles([(title: "Millers", body: "They mill.")])
                let open = "SELECT count(*) FROM work_items WHERE kind = 'retrieval.embed' AND finished_at IS NULL"
                #expect(try await eventually { try await server.count(open) == 0 })
            }
            try await TestAppliance.rerun(settings: EmbeddingStub.settings(url), in: directory) { (server: TestAppliance) async throws in
                #expect(try await server.embedded(3))
                #expect(try await server.indexProblems() == [])
            }
        }
    }

    @Test("With the local model, which is not installed, search is by words, and the start and the status say what installs it")
    func missing() async throws {
        try await TestAppliance.run { server in
            #expect(server.logged.text.contains("jobraker model install"))
            let status = try await server.command("index.status")
            #expect(status["notice"]?.string?.contains("jobraker model install") == true)
            #expect(status["wanted_model"] == .null)
        }
    }
}
