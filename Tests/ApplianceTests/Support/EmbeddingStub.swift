import Platform

@testable import Appliance

/// Settings and looks for tests with an embeddings provider beside the appliance.
enum EmbeddingStub {
    /// Words of one group have one meaning.
    static let groups = [["bakers", "bread", "dough", "loaf", "patisserie"], ["pilots", "aircraft", "fly", "aviation"]]
    static let meanings = StubProvider.Behaviour.meanings(groups)

    static func settings(_ url: String, model: String = "stub-e", key: String = "") -> String {
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

    /// The texts that a provider was asked to embed.
    static func texts(_ provider: StubProvider) -> [String] {
        provider.requests.flatMap { ($0.body["input"]?.array ?? []).compactMap(\.string) }
    }
}

extension TestAppliance {
    /// Whether at last so many passages have a vector of the model.
    func embedded(_ count: Int64, model: String = "stub-e") async throws -> Bool {
        try await eventually { try await self.count("SELECT count(*) FROM passage_vectors WHERE model = '\(model)'") == count }
    }

    /// What `index verify` finds wrong.
    func indexProblems() async throws -> [String] {
        (try await command("index.verify")["problems"]?.array ?? []).compactMap(\.string)
    }

    var vectors: VectorSearch { appliance.parts.vectors }
}

extension TestUser {
    /// The titles of what the assistant finds.
    func found(_ question: String) async throws -> [String] {
        let answer = try await post("/api/v1/chat/advice/", #"{"advice_type":"general","context":"\#(question)"}"#)
        return (answer.json["metadata"]?["sources"]?.array ?? []).compactMap { $0["title"]?.string }
    }

    /// The same, once the index has caught up with the database.
    func finds(_ question: String, _ titles: [String]) async throws -> Bool {
        try await eventually { try await found(question) == titles }
    }
}
