import Platform

/// Decides by what jobs are searched for, and embeds what is searched by meaning.
struct JobMeaning: Sendable {
    /// Nil in a process without vectors.
    var vectors: VectorSearch?
    var metrics = RetrievalMetrics()

    /// How a search is to be carried out: by words alone, or near to a question too.
    enum Plan: Sendable {
        case words
        case near(VectorSearch.Question, RetrievalMode)
    }

    /// Without a wish it is both ways wherever that can be had. Words alone find what is to be sorted by something else than
    /// relevance.
    func plan(_ form: JobSearchForm) async throws -> Plan {
        guard !form.text.isEmpty, form.request.order == .relevance, form.mode != .text else { return .words }
        if let question = await vectors?.prepare(form.text) { return .near(question, form.mode ?? .hybrid) }
        guard form.mode == .semantic else { return .words }
        throw vectors?.wantedEmbedder == nil ? JobError.noMeaning : JobError.meaningUnavailable
    }
}
