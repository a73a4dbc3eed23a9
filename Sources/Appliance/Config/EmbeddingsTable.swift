extension SettingTable {
    static let embeddings = SettingTable(
        name: "embeddings",
        manual: """
            What turns text into vectors, for search by meaning. Without it search is by
            words.
            """,
        settings: [
            .choice(
                "embeddings.provider", \.embeddings.provider, .local, .restart,
                """
                "local": a model that runs in this process; "jobraker model install" fetches
                it into the data directory, and without it search is by words. "openai": a
                server that speaks the OpenAI protocol for embeddings; needs base_url and
                model. "none": no vectors. When the model changes, everything is embedded
                anew in the background, and until that is done the old model's vectors are
                searched.
                """),
            .text(
                "embeddings.base_url", \.embeddings.baseURL, .endpoint, .restart,
                """
                Where the provider is, as for the assistant. What is indexed (jobs, articles,
                and the lines of profiles), and each question that is searched for, is sent
                there. Only for "openai", like the keys below.
                """),
            .text(
                "embeddings.api_key", \.embeddings.apiKey, .secret, .restart,
                """
                The provider's key, sent as a bearer token; none is sent when it is empty.
                With a wrong one search is by words, and the log says so.
                """),
            .text(
                "embeddings.model", \.embeddings.model, .name, .restart,
                """
                The model's name as the provider writes it. Vectors of different models
                cannot be compared: after a change everything is embedded anew.
                """),
            .integer(
                "embeddings.dimensions", \.embeddings.dimensions, 384, in: 1...4096, unit: "dimensions", .restart,
                """
                The length of the model's vectors. One of another length is refused: search is
                then by words, and the log says which length came. Memory and search time
                grow with it.
                """),
        ])
}
