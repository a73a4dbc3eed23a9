/// What no key can get wrong alone: the rules between keys.
enum ConfigurationRules {
    static func errors(in loaded: LoadedConfiguration) -> [ConfigurationError] {
        let assistant = loaded.values.assistant
        let embeddings = loaded.values.embeddings
        var found: [ConfigurationError] = []

        func needs(_ key: String, _ other: String, when broken: Bool) {
            if broken { found.append(error(.needs(key: key, other: other), at: [key], in: loaded)) }
        }
        func below(_ key: String, _ value: Int, _ other: String, _ limit: Int) {
            guard value >= limit else { return }
            found.append(error(.notBelow(key: key, value: value, other: other, limit: limit), at: [key, other], in: loaded))
        }

        needs("assistant.base_url", "assistant.model", when: !assistant.baseURL.isEmpty && assistant.model.isEmpty)
        // A model without an address is most likely an address forgotten: the built-in assistant would
        // answer, and nobody would know why.
        needs("assistant.model", "assistant.base_url", when: !assistant.model.isEmpty && assistant.baseURL.isEmpty)
        needs("embeddings.provider", "embeddings.base_url", when: embeddings.provider == .openai && embeddings.baseURL.isEmpty)
        needs("embeddings.provider", "embeddings.model", when: embeddings.provider == .openai && embeddings.model.isEmpty)

        let moderation = loaded.values.moderation
        needs("moderation.provider", "moderation.base_url", when: moderation.isConfigured && moderation.baseURL.isEmpty)
        needs("moderation.provider", "moderation.model", when: moderation.isConfigured && moderation.model.isEmpty)
        // Somebody who gives an address believes that texts are judged; to keep it while they are not, say "none".
        needs(
            "moderation.base_url", "moderation.provider",
            when: !moderation.baseURL.isEmpty && loaded[origin: "moderation.provider"] == .standard)

        let tls = loaded.values.tls
        needs("tls.listen", "tls.certificate", when: !tls.listen.isEmpty && tls.certificate.isEmpty)
        needs("tls.listen", "tls.key", when: !tls.listen.isEmpty && tls.key.isEmpty)
        // Somebody who names a certificate believes that there is HTTPS.
        needs("tls.certificate", "tls.listen", when: !tls.certificate.isEmpty && tls.listen.isEmpty)
        needs("tls.key", "tls.listen", when: !tls.key.isEmpty && tls.listen.isEmpty)
        for address in tls.listen where address.port != 0 && loaded.values.server.listen.contains(address) {
            let fact = ConfigurationError.Fact.sameAddress(key: "tls.listen", other: "server.listen", address: address.description)
            found.append(error(fact, at: ["tls.listen"], in: loaded))
        }

        let mail = loaded.values.mail
        needs("mail.host", "mail.from", when: mail.isConfigured && mail.from.isEmpty)
        // Without either, a link would have to follow the Host header of whoever asks for somebody else's new password.
        needs("mail.host", "mail.site_url", when: mail.isConfigured && mail.siteURL.isEmpty && loaded.values.server.publicURL.isEmpty)
        needs("mail.user", "mail.password", when: !mail.user.isEmpty && mail.password.isEmpty)
        needs("mail.password", "mail.user", when: !mail.password.isEmpty && mail.user.isEmpty && mail.isConfigured)
        if mail.isConfigured, mail.security == .plain, !HostName.isLoopback(HostName.bare(mail.host)) {
            found.append(error(.plainMail(host: mail.host), at: ["mail.security"], in: loaded))
        }

        let total = assistant.totalTimeoutMs
        below("assistant.connect_timeout_ms", assistant.connectTimeoutMs, "assistant.total_timeout_ms", total)
        below("assistant.first_byte_timeout_ms", assistant.firstByteTimeoutMs, "assistant.total_timeout_ms", total)
        below("assistant.idle_timeout_ms", assistant.idleTimeoutMs, "assistant.total_timeout_ms", total)
        below("assistant.answer_tokens", assistant.answerTokens, "assistant.context_tokens", assistant.contextTokens)
        return found
    }

    /// Points at the first of the keys that somebody set. The defaults agree with each other, so a broken
    /// rule always has one.
    private static func error(_ fact: ConfigurationError.Fact, at keys: [String], in loaded: LoadedConfiguration) -> ConfigurationError {
        let origins = keys.map { loaded[origin: $0] }
        guard case .set(let source, let place)? = origins.first(where: { $0 != .standard }) else {
            return ConfigurationError(source: .file(loaded.path ?? ""), place: nil, fact: fact)
        }
        return ConfigurationError(source: source, place: place, fact: fact)
    }
}
