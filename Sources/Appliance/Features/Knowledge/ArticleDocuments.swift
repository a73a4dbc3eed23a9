import Platform

/// The active articles, as documents in which something can be found.
struct ArticleDocuments: DocumentSource {
    let source = Passage.Source.article

    func rowIDs(in reader: Reader) throws -> [Int64] { try KnowledgeStore.activeRowIDs(in: reader) }

    func document(_ rowID: Int64, in reader: Reader) throws -> Document? {
        try KnowledgeStore.article(rowID: rowID, in: reader)?.document(rowID: rowID)
    }
}

extension Article {
    /// The article as a document, whose text is its content; nil unless it is active.
    func document(rowID: Int64) -> Document? {
        guard isActive else { return nil }
        let metadata = JSONValue.object(
            JSONObject([
                ("article_id", .number("\(rowID)")), ("title", .string(title)), ("category", .string(category)), ("slug", .string(slug)),
            ]))
        return Document(source: .article, rowID: rowID, id: "\(rowID)", title: title, text: content, metadata: metadata)
    }
}
