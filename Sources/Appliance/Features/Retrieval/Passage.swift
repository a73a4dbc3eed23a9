import Platform

/// A piece of public text that the assistant may answer from.
struct Passage: Sendable, Equatable {
    enum Source: String, Sendable, CaseIterable {
        case job = "job_listing"
        case article = "knowledge_article"
    }

    var rowID: Int64
    var source: Source
    /// The source's own id: a job's UUID, an article's number.
    var sourceID: String
    var title: String
    var body: String
    var metadata: JSONValue
}

/// Passages were added, changed or removed; whoever keeps vectors follows this.
struct PassagesChanged: BusEvent {
    var removed: [Int64] = []
}
