extension SettingTable {
    static let moderation = SettingTable(
        name: "moderation",
        manual: """
            Who judges what users write to the assistant, before it is stored or sent to
            the model, and what the model answers, before it is stored or shown: a server
            that speaks the OpenAI protocol for moderations. Flagged questions are refused
            with 400 and flagged answers withheld. Without it nothing is judged.
            """,
        settings: [
            .choice(
                "moderation.provider", \.moderation.provider, .off, .live,
                """
                "openai": a server that speaks the OpenAI protocol for moderations; needs
                base_url and model. "none": nothing is judged.
                """),
            .text(
                "moderation.base_url", \.moderation.baseURL, .endpoint, .live,
                """
                Where the provider is, as for the assistant: "https://api.openai.com/v1". All
                that users ask and all that the model answers is sent there. Needs
                moderation.provider. With a wrong address nothing can be judged, the log says
                so, and on_failure decides.
                """),
            .text(
                "moderation.api_key", \.moderation.apiKey, .secret, .live,
                """
                The provider's key, sent as a bearer token; none is sent when it is empty.
                With a wrong one nothing can be judged, and on_failure decides.
                """),
            .text(
                "moderation.model", \.moderation.model, .name, .live,
                """
                The model's name as the provider writes it: "omni-moderation-latest" at
                OpenAI. With one that the provider does not have nothing can be judged, and
                on_failure decides.
                """),
            .choice(
                "moderation.on_failure", \.moderation.onFailure, .allow, .live,
                """
                What happens to a text that cannot be judged, as the provider is down, too
                slow or answers something else. "allow": it passes as if it were clean.
                "refuse": questions get 503 and are not stored, answers are not shown; an
                outage of the provider then stops the assistant.
                """),
            .integer(
                "moderation.timeout_ms", \.moderation.timeoutMs, 5000, in: 100...60000, unit: "milliseconds", .live,
                """
                How long one judgement may take altogether; each question takes up to two,
                its own and its answer's. Too short: texts count as not judged. Long: an
                outage makes every question slow.
                """),
        ])
}
