extension SettingTable {
    static let assistant = SettingTable(
        name: "assistant",
        manual: """
            The model behind the assistant: any server that speaks the OpenAI protocol for
            chat completions. Without one a built-in assistant answers from the user's own
            data, and says that no model is configured.
            """,
        settings: [
            .text(
                "assistant.base_url", \.assistant.baseURL, .endpoint, .live,
                """
                Where the provider is: "https://api.openai.com/v1", or for Ollama on this
                machine "http://127.0.0.1:11434/v1". What users write, and what they have
                stored, is sent there. Needs assistant.model. A wrong address shows on the
                first question, as 502 or 504.
                """),
            .text(
                "assistant.api_key", \.assistant.apiKey, .secret, .live,
                """
                The provider's key, sent as a bearer token. Empty: no token is sent, as local
                servers like it. An empty value in this file also hides the credential and
                the environment. A wrong one makes every question fail with 502.
                """),
            .text(
                "assistant.model", \.assistant.model, .name, .live,
                """
                The model's name as the provider writes it: "gpt-4o-mini", "llama3.1:8b".
                One that the provider does not have makes every question fail with 502.
                """),
            .number(
                "assistant.temperature", \.assistant.temperature, 0.7, in: 0...2, .live,
                """
                How freely the model picks its words: 0 gives nearly the same answer every
                time, above 1 it begins to ramble. Some models take no other value than 1
                and refuse the request.
                """),
            .integer(
                "assistant.connect_timeout_ms", \.assistant.connectTimeoutMs, 5000, in: 100...60000, unit: "milliseconds", .live,
                """
                How long name lookup, connection and TLS may take. Below total_timeout_ms.
                """),
            .integer(
                "assistant.first_byte_timeout_ms", \.assistant.firstByteTimeoutMs, 30000, in: 100...600_000, unit: "milliseconds", .live,
                """
                How long the provider may think before the first byte of its answer. A model
                that is loaded from disk for the first question may need a minute. Below
                total_timeout_ms.
                """),
            .integer(
                "assistant.idle_timeout_ms", \.assistant.idleTimeoutMs, 15000, in: 100...600_000, unit: "milliseconds", .live,
                """
                How long the answer may pause once it has begun. Too short cuts off slow
                models in the middle of a sentence. Below total_timeout_ms.
                """),
            .integer(
                "assistant.total_timeout_ms", \.assistant.totalTimeoutMs, 120_000, in: 1000...3_600_000, unit: "milliseconds", .live,
                """
                How long an answer may take altogether. Past it the user gets 504 and keeps
                the question. A proxy in front has to wait at least as long.
                """),
            .integer(
                "assistant.attempts", \.assistant.attempts, 3, in: 1...10, unit: "attempts", .live,
                """
                How often a question is put to the provider before it counts as failed; 1 is
                no retry. Only failures before the first byte are tried again. Many attempts
                make an outage slow for users, and costly where failures are billed.
                """),
            .integer(
                "assistant.context_tokens", \.assistant.contextTokens, 8192, in: 512...2_000_000, unit: "tokens", .live,
                """
                How much the model takes in, question and answer together. Above what it
                really has, the provider refuses long chats or silently forgets their start;
                below, the assistant is told less than it could be.
                """),
            .integer(
                "assistant.answer_tokens", \.assistant.answerTokens, 1500, in: 1...200_000, unit: "tokens", .live,
                """
                The longest answer. Longer ones end in the middle of a sentence. Below
                context_tokens, from which it is taken.
                """),
            .integer(
                "assistant.history_messages", \.assistant.historyMessages, 10, in: 1...200, unit: "messages", .live,
                """
                How many of the last messages of a chat the model sees, the new one among
                them. 1: it remembers nothing. Many: every question costs more tokens.
                """),
        ])
}
