import Platform

/// The forms of the jobs' answers and queries, for the API's document.
enum JobDocs {
    static let root = JSONSchema.object(
        ["jobs", "applications", "alerts"].map { JSONSchema.Member($0, .text(format: "uri")) })

    static let message = JSONSchema.object([JSONSchema.Member("message", .text)])

    static let savedJob = withJob(SavedJob.description.schema)

    static let searchItem = JSONSchema.named(
        "JobSearchItem",
        .object(
            members(of: JobListItem.description.schema) + [
                JSONSchema.Member("snippets", .map(.text), isRequired: false)
            ]))

    static let searchPage = JSONSchema.object(
        members(of: .page(of: searchItem)) + [
            JSONSchema.Member(
                "facets",
                .object([
                    JSONSchema.Member("job_type", values(.text)), JSONSchema.Member("experience_level", values(.text)),
                    JSONSchema.Member("is_remote", values(.boolean)), JSONSchema.Member("company", values(.text)),
                ]), isRequired: false)
        ])

    static let queued = JSONSchema.object([
        JSONSchema.Member("task_id", .uuid), JSONSchema.Member("status", .text), JSONSchema.Member("message", .text),
    ])

    // MARK: Queries

    static let topN = Operation.Parameter("top_n", .integer(1...50), "How many; 10 if not given.")
    static let category = Operation.Parameter("category", .text, "Only those of this category.")

    static let listParameters: [Operation.Parameter] = [
        .page, Operation.Parameter("search", .text, "A part of the title, in any letter case."),
        Operation.Parameter("location", .text, "A part of the location."),
        Operation.Parameter("company", .text, "A part of the company's name."),
        Operation.Parameter("job_type", .text, "Exactly this type."),
        Operation.Parameter("experience_level", .text, "Exactly this level."),
        Operation.Parameter("is_remote", .text, "`true` for remote jobs, anything else for the others."),
    ]

    static let searchParameters: [Operation.Parameter] = [
        Operation.Parameter("q", .text(max: JobQuery.longest), "Words that must all occur, and phrases in double quotes."),
        Operation.Parameter(
            "mode", .choice(RetrievalMode.allCases.map(\.rawValue)),
            "How `q` is looked for: by its words, by its meaning, or both. Both if not given, where the server has a model for it."),
        Operation.Parameter("title", .text(max: 200), "A part of the title, in any letter case."),
        Operation.Parameter("company", .text(max: 100), "A part of the company's name."),
        Operation.Parameter("location", .text(max: 100), "A part of the location."),
        Operation.Parameter("job_type", .choice(Job.types), "Exactly this type."),
        Operation.Parameter("experience_level", .choice(Job.levels), "Exactly this level."),
        Operation.Parameter("min_salary", .integer(0...2_147_483_647), "Jobs that may pay at least this."),
        Operation.Parameter("max_salary", .integer(0...2_147_483_647), "Jobs that may pay at most this."),
        Operation.Parameter("is_remote", .boolean, "Remote jobs, or the others; both if not given."),
        Operation.Parameter(
            "skills", .array(.text(min: 1, max: 100), maximumItems: 20), "May be repeated: jobs with any of these in their skills or text."),
        Operation.Parameter("sort", .choice(JobOrder.allCases.map(\.rawValue)), "`relevance` if there are words, else `date`."),
        Operation.Parameter("facets", .boolean, "Also count the values of some fields over all that was found."),
        Operation.Parameter("limit", .integer(JobSearchForm.limits), "How many on a page; 20 if not given."),
        Operation.Parameter("page", .integer(1...2_147_483_647), "Which page, from 1; one behind the end is empty."),
    ]

    // MARK: Parts

    private static func values(_ word: JSONSchema) -> JSONSchema {
        .array(.object([JSONSchema.Member("value", word), JSONSchema.Member("count", .integer)]))
    }

    private static func members(of schema: JSONSchema) -> [JSONSchema.Member] {
        switch schema {
        case .named(_, let inner): members(of: inner)
        case .object(let members): members
        default: []
        }
    }

    /// A resource whose `job` is a list item.
    private static func withJob(_ schema: JSONSchema) -> JSONSchema {
        guard case .named(let name, let inner) = schema else { return schema }
        return .named(
            name,
            .object(
                members(of: inner).map { member in
                    member.name == "job" ? JSONSchema.Member("job", JobListItem.description.schema, isReadOnly: true) : member
                }))
    }
}

extension Route {
    /// The route reads these fields of the query.
    func asks(_ parameters: [Operation.Parameter]) -> Route { parameters.reduce(self) { $0.asks($1) } }
}
