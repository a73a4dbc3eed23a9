import Platform

/// The active jobs, as documents in which something can be found.
struct JobDocuments: DocumentSource {
    let source = Passage.Source.job

    func rowIDs(in reader: Reader) throws -> [Int64] { try JobStore.activeRowIDs(in: reader) }

    func document(_ rowID: Int64, in reader: Reader) throws -> Document? {
        // Whether a job is expired has no part in its document.
        try JobStore.job(rowID: rowID, at: Timestamp(microseconds: 0), in: reader)?.document
    }
}

extension Job {
    /// The job as a document, whose text is `searchText`; nil unless it is stored and active.
    var document: Document? {
        guard isActive, let stored else { return nil }
        let id = stored.id.description
        let metadata = JSONValue.object(
            JSONObject([
                ("job_id_original", .string(id)), ("company", .string(company)), ("location", .string(location)),
                ("posted_date", postedDate.map { .string($0.iso) } ?? .null), ("job_type", .string(jobType)), ("title", .string(title)),
            ]))
        return Document(source: .job, rowID: stored.rowID, id: id, title: title, text: searchText, metadata: metadata)
    }
}
