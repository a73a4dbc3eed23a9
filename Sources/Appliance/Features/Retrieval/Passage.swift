import Platform

/// A piece of a document's text, as it is found.
struct Passage: Sendable, Equatable {
    /// What a document is made from.
    enum Source: String, Sendable, CaseIterable {
        case job = "job_listing"
        case article = "knowledge_article"
        case profile
        case resume

        /// Whether everybody may find it. The others are found by their owner alone.
        var isPublic: Bool { self == .job || self == .article }

        static let everybodys = Set(allCases.filter(\.isPublic))
    }

    var rowID: Int64
    var source: Source
    /// The source's number in its own table.
    var sourceRowID: Int64
    /// The id by which clients know the source: a job's UUID, an article's number.
    var sourceID: String
    var title: String
    var body: String
    /// Which bytes of the document's text, in UTF-8, the body is.
    var start: Int
    var end: Int
    var metadata: JSONValue

    /// What a model reads: a part of a text says more beside the title of the whole.
    var embeddedText: String { Self.embeddedText(title: title, body: body) }

    static func embeddedText(title: String, body: String) -> String { title.isEmpty ? body : title + "\n" + body }
}

/// Passages or their vectors were added or removed; who keeps vectors in memory follows.
struct PassagesChanged: BusEvent {}
