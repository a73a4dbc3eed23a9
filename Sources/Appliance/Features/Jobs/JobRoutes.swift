import Platform

/// `/api/v1/jobs/`: jobs, the search over them, those that an account has saved, and what is asked about one.
struct JobRoutes: Sendable {
    let database: Database
    let lists: JobLists
    let views: ViewCounter
    let meaning: JobMeaning
    let similarJobs: any SimilarJobs
    let assistant: Assistant
    let queue: WorkQueue
    let clock: any PlatformClock
    let random: any RandomSource
    /// Read at each request, so that a reload takes effect with the next one.
    let worksInline: @Sendable () -> Bool

    static let base = "/api/v1/jobs/"

    var routes: [Route] { listRoutes + jobRoutes + savedRoutes + [interviewRoute] }

    private var listRoutes: [Route] {
        [
            .get(Self.base, summary: "The addresses below this one", handler: root).returns(200, JobDocs.root),
            .get(Self.base + "search/", summary: "Search the active jobs", handler: search)
                .asks(JobDocs.searchParameters).returns(200, JobDocs.searchPage),
        ]
    }

    private var jobRoutes: [Route] {
        let (jobs, one) = (Self.base + "jobs/", Self.base + "jobs/{id}/")
        let resource = JobResource.description
        return [
            .get(jobs, summary: "All jobs, the newest first", handler: list)
                .asks(JobDocs.listParameters).returns(200, .page(of: JobListItem.description.schema)),
            .post(jobs, access: .staff, idempotent: true, summary: "Create a job", handler: create)
                .takes(resource.bodySchema()).returns(201, resource.schema),
            .get(one, summary: "A job; each look counts as a view", handler: show).returns(200, resource.schema),
            .put(one, access: .staff, summary: "Replace a job", handler: replace)
                .takes(resource.bodySchema()).returns(200, resource.schema),
            .patch(one, access: .staff, summary: "Change a job", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, access: .staff, summary: "Delete a job", handler: delete).returns(204, nil),
            .get(one + "similar/", summary: "Active jobs like this one, the most alike first", handler: similar)
                .asks(JobDocs.topN).returns(200, .array(JobListItem.description.schema)),
        ]
    }

    // MARK: Jobs

    @Sendable private func root(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { writer in
            writer.object { writer in
                for name in ["jobs", "applications", "alerts"] { writer.field(name, request.absoluteURL("\(Self.base)\(name)/")) }
            }
        }
    }

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let page = try Page(request)
        let wanted = JobLists.Request(filter: JobFilter(list: request))
        let found = try await lists.find(wanted, limit: page.size) { try page.offset(count: $0) }
        return try page.envelope(request, count: found.count) { writer in
            for item in found.items { item.job.write(into: &writer) }
        }
    }

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var job = Job()
        try JobResource.description.decode(request.json(), into: &job, mode: .create)
        try job.check()
        let made = try await database.write { [job] in try JobStore.create(job, in: $0) }
        return .json(201) { JobResource.description.write(made, into: &$0) }
    }

    /// A view is counted before it is shown. HEAD looks at nothing.
    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let id = try Self.jobID(of: request)
        guard var job = try database.read({ try JobStore.job(id, at: clock.now(), in: $0) }), let stored = job.stored else {
            throw HTTPError.noMatch(model: "Job")
        }
        if request.method == "GET" { views.note(stored.rowID) }
        job.stored?.viewCount += views.pending(stored.rowID)
        return .json { JobResource.description.write(job, into: &$0) }
    }

    @Sendable private func replace(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .replace) }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .update) }

    /// Reads the stored job and writes the changed one in one transaction, so that of two changes at once neither undoes
    /// the other's fields.
    private func change(_ request: HTTPRequest, _ mode: Resource<Job>.Mode) async throws -> HTTPAnswer {
        let id = try Self.jobID(of: request)
        let body = try request.json()
        var changed = try await database.write { transaction in
            guard let old = try JobStore.job(id, at: transaction.now, in: transaction) else { throw HTTPError.noMatch(model: "Job") }
            var job = old
            try JobResource.description.decode(body, into: &job, mode: mode)
            try job.check()
            return try JobStore.update(job, from: old, in: transaction)
        }
        if let rowID = changed.stored?.rowID { changed.stored?.viewCount += views.pending(rowID) }
        return .json { JobResource.description.write(changed, into: &$0) }
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let id = try Self.jobID(of: request)
        guard try await database.write({ try JobStore.delete(id, in: $0) }) else { throw HTTPError.noMatch(model: "Job") }
        return .empty()
    }

    @Sendable private func similar(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let id = try Self.jobID(of: request)
        var reader = BodyReader(.object(JSONObject(request.query("top_n").map { [("top_n", .string($0))] } ?? [])))
        let limit = reader.integer("top_n", range: 1...50, default: 10)
        try reader.finish()
        guard let job = try database.read({ try JobStore.job(id, at: clock.now(), in: $0) }) else {
            throw HTTPError.noMatch(model: "Job")
        }
        let rowIDs = try await similarJobs.rowIDs(similarTo: job, limit: limit)
        let items = try database.read { try JobListStore.items(rowIDs, in: $0) }.filter { $0.status == "active" && $0.id != id }
        return .json { writer in
            writer.array { writer in
                for item in items.prefix(limit) { item.write(into: &writer) }
            }
        }
    }

    static func jobID(of request: HTTPRequest) throws -> Identifier {
        guard let id = Identifier(request.parameters["id"] ?? "") else { throw HTTPError.notFound }
        return id
    }
}
