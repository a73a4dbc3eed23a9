import Platform

/// The forms of the bodies and answers around applications, for the API's document.
enum ApplicationDocs {
    static let resource = ApplicationResource.description

    private static let jobIDs = JSONSchema.Member("job_ids", .array(.uuid, maximumItems: JobChoice.most))
    private static let coverLetter = JSONSchema.Member(
        "cover_letter", .nullable(.text(max: JobChoice.longestCoverLetter)), isRequired: false)

    static let bulk = JSONSchema.named("BulkApplyRequest", .object([jobIDs, coverLetter]))
    static let autoApply = JSONSchema.named("AutoApplyRequest", .object([jobIDs, coverLetter]))

    static let bulkOutcome = JSONSchema.object([
        JSONSchema.Member("message", .text),
        JSONSchema.Member(
            "applied_jobs",
            .array(
                .object([
                    JSONSchema.Member("job_id", .uuid), JSONSchema.Member("application_id", .uuid), JSONSchema.Member("job_title", .text),
                    JSONSchema.Member("company", .text),
                ]))),
        JSONSchema.Member("failed_jobs", .array(.object([JSONSchema.Member("job_id", .text), JSONSchema.Member("error", .text)]))),
    ])

    static let autoApplyStarted = JSONSchema.object([
        JSONSchema.Member("message", .text),
        JSONSchema.Member("queued_jobs", .array(.object([JSONSchema.Member("job_id", .uuid), JSONSchema.Member("task_id", .uuid)]))),
        JSONSchema.Member("skipped_jobs", .array(.object([JSONSchema.Member("job_id", .uuid), JSONSchema.Member("reason", .text)]))),
    ])

    static let refusal = JSONSchema.object([
        JSONSchema.Member("detail", .text), JSONSchema.Member("error_code", .text, isRequired: false),
    ])

    /// A list's conditions, as its query's fields.
    static let filters: [Operation.Parameter] = [
        Operation.Parameter("status", .text(max: longest), "Only this status."),
        Operation.Parameter("user_defined_status", .text(max: longest), "Only this status of your own."),
        Operation.Parameter("company", .text(max: longest), "What the company's name holds, in any case."),
        Operation.Parameter("q", .text(max: longest), "Words that stand in the job's title, its company or your notes; each of them."),
        Operation.Parameter("applied_after", .datetime, "Applied at this moment or later; a day alone is its first moment."),
        Operation.Parameter("applied_before", .datetime, "Applied before this moment."),
        Operation.Parameter("created_after", .datetime, "Created at this moment or later."),
        Operation.Parameter("created_before", .datetime, "Created before this moment."),
        Operation.Parameter("follow_up_due", .boolean, "true: only those to be followed up today or before."),
    ]

    private static let longest = ApplicationFilter.longestText
}

extension Route {
    /// The route reads a list's conditions.
    func asksForApplications() -> Route { ApplicationDocs.filters.reduce(self) { $0.asks($1) } }
}
