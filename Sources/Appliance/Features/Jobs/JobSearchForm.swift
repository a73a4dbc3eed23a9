import Platform

/// The query of `search/`, checked. A field that is there but blank counts as not given, as browsers' forms send it.
struct JobSearchForm: Sendable {
    var request: JobLists.Request
    /// What is looked for, as it was written; empty where nothing is.
    var text: String
    /// By what it is looked for; nil leaves it to the server.
    var mode: RetrievalMode?
    var limit: Int
    var page: Int

    static let limits = 1...50
    private static let standardLimit = 20
    private static let maximumSkills = 20

    init(_ request: HTTPRequest, random: any RandomSource) throws {
        var reader = BodyReader(Self.fields(of: request))
        var filter = JobFilter(status: "active")
        filter.title = Folding.fold(reader.optionalText("title", max: 200) ?? "")
        filter.company = Folding.fold(reader.optionalText("company", max: 100) ?? "")
        filter.location = Folding.fold(reader.optionalText("location", max: 100) ?? "")
        if reader.has("job_type") { filter.jobType = reader.choice("job_type", Job.types) }
        if reader.has("experience_level") { filter.experienceLevel = reader.choice("experience_level", Job.levels) }
        filter.minimumSalary = reader.optionalInteger("min_salary")
        filter.maximumSalary = reader.optionalInteger("max_salary")
        if reader.has("is_remote") { filter.isRemote = reader.boolean("is_remote") }
        let skills = reader.optionalTextList("skills", maxItems: Self.maximumSkills, maxLength: 100) ?? []
        filter.skills = Set(skills.map(Folding.fold)).sorted()
        text = reader.optionalText("q", max: JobQuery.longest) ?? ""
        if !text.isEmpty { filter.words = JobQuery(text).map { .query($0) } ?? .nothing }
        let standard: JobOrder = text.isEmpty ? .date : .relevance
        let word = reader.choice("sort", JobOrder.allCases.map(\.rawValue), default: standard.rawValue)
        if word == JobOrder.relevance.rawValue, text.isEmpty { reader.add("sort", "Relevance needs words to look for: give q.") }
        if reader.has("mode") {
            mode = RetrievalMode(rawValue: reader.choice("mode", RetrievalMode.allCases.map(\.rawValue)))
            if mode == .semantic, text.isEmpty { reader.add("mode", "Meaning needs something to look for: give q.") }
            if mode == .semantic || mode == .hybrid, !text.isEmpty, word != JobOrder.relevance.rawValue {
                reader.add("sort", "What is found by meaning is sorted by relevance: leave sort out, or give mode=text.")
            }
        }
        let wantsFacets = reader.boolean("facets", default: false)
        limit = reader.integer("limit", range: Self.limits, default: Self.standardLimit)
        page = reader.integer("page", range: 1...2_147_483_647, default: 1)
        try reader.finish()
        if let low = filter.minimumSalary, let high = filter.maximumSalary, low > high {
            throw ValidationErrors(object: "Min salary cannot be greater than max salary")
        }
        self.request = JobLists.Request(
            filter: filter, order: JobOrder(rawValue: word) ?? standard, wantsFacets: wantsFacets,
            snippetMarks: text.isEmpty ? nil : SnippetMarks(random: random))
    }

    var offset: Int { (page - 1) * limit }

    /// The last value of each field, and all of `skills`.
    private static func fields(of request: HTTPRequest) -> JSONValue {
        var order: [String] = []
        var values: [String: JSONValue] = [:]
        var skills: [JSONValue] = []
        for (name, value) in request.queryFields where !value.allSatisfy(\.isWhitespace) {
            if name == "skills" {
                skills.append(.string(value))
            } else {
                if values[name] == nil { order.append(name) }
                values[name] = .string(value)
            }
        }
        var object = JSONObject(order.map { ($0, values[$0] ?? .null) })
        if !skills.isEmpty { object.append("skills", .array(skills)) }
        return .object(object)
    }
}

extension JobFilter {
    /// The query of the list of jobs, in which nothing is wrong: what cannot be finds nothing.
    init(list request: HTTPRequest) {
        title = Folding.fold(request.query("search") ?? "")
        company = Folding.fold(request.query("company") ?? "")
        location = Folding.fold(request.query("location") ?? "")
        jobType = request.query("job_type").flatMap { $0.isEmpty ? nil : $0 }
        experienceLevel = request.query("experience_level").flatMap { $0.isEmpty ? nil : $0 }
        isRemote = request.query("is_remote").map { Folding.fold($0) == "true" }
    }
}
