import Platform

/// The jobs that a request wants to apply to at once, and with which letter.
struct JobChoice: Sendable, Equatable {
    static let most = 50
    static let longestCoverLetter = 5_000
    /// No identifier is longer; what is, is not worth repeating in an answer.
    private static let longestID = 100

    /// As they were written, in their order; not all need be identifiers.
    var jobIDs: [String]
    var coverLetter: String

    /// Reads the body of `bulk-apply/`, where each id gets an outcome of its own, also one that is no identifier.
    init(eachOf body: JSONValue) throws {
        var reader = BodyReader(body)
        if body.object != nil, (body["job_ids"] ?? .null).isNull || body["job_ids"] == [] { throw ApplicationError.noJobs }
        jobIDs = reader.textList("job_ids", maxItems: Self.most, maxLength: Self.longestID)
        coverLetter = reader.optionalText("cover_letter", max: Self.longestCoverLetter) ?? ""
        try reader.finish()
    }

    /// Reads the body of `auto-apply/`, which is carried out as a whole or not at all, and gives the identifiers: each once.
    static func identifiers(in body: JSONValue) throws(ValidationErrors) -> (jobs: [Identifier], coverLetter: String) {
        var reader = BodyReader(body)
        let texts = reader.textList("job_ids", maxItems: most, maxLength: longestID)
        let coverLetter = reader.optionalText("cover_letter", max: longestCoverLetter) ?? ""
        let jobs = texts.compactMap { Identifier($0) }
        if reader.errors["job_ids"].isEmpty {
            if texts.isEmpty && body.object != nil { reader.add("job_ids", "This list may not be empty.") }
            if jobs.count < texts.count { reader.add("job_ids", "Must be a valid UUID.") }
        }
        try reader.finish()
        var seen: Set<Identifier> = []
        return (jobs.filter { seen.insert($0).inserted }, coverLetter)
    }
}
