import Platform

/// The forms of the recommendations' queries and answers, for the API's document.
enum RecommendationDocs {
    static let status = Operation.Parameter(
        "status", .text,
        "Statuses, with commas between them. If not given: pending_review and viewed; if none of them is known: all.")

    static let generated = JSONSchema.object([
        JSONSchema.Member("success", .boolean), JSONSchema.Member("message", .text),
        JSONSchema.Member(
            "data",
            .array(
                .object([
                    JSONSchema.Member("recommended_job_id", .uuid), JSONSchema.Member("job_id", .uuid),
                    JSONSchema.Member("job_title", .text), JSONSchema.Member("score", .number), JSONSchema.Member("status", .text),
                    JSONSchema.Member("action", .choice(["created", "updated"])),
                ]), maximumItems: Recommender.wanted)),
    ])

    static let refusal = JSONSchema.object([JSONSchema.Member("error", .text)])

    static let failure = JSONSchema.object([JSONSchema.Member("detail", .text), JSONSchema.Member("error", .text, isRequired: false)])
}
