import Platform

/// The jobs that the caller has saved.
extension JobRoutes {
    var savedRoutes: [Route] {
        let (saved, one, job) = (Self.base + "saved/", Self.base + "saved/{id}/", Self.base + "jobs/{id}/")
        let resource = SavedJob.description
        return [
            .post(job + "save/", summary: "Save a job", handler: save)
                .takes(resource.bodySchema()).returns(200, JobDocs.message),
            .delete(job + "unsave/", summary: "Take a job off your saved jobs", handler: unsave).returns(200, JobDocs.message),
            .get(saved, summary: "Your saved jobs, the last saved first", handler: listSaved)
                .asks(.page, JobDocs.category).returns(200, .page(of: JobDocs.savedJob)),
            .get(one, summary: "One of your saved jobs", handler: showSaved).returns(200, JobDocs.savedJob),
            .patch(one, summary: "Change what you noted about a saved job", handler: updateSaved)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, JobDocs.savedJob),
            .delete(one, summary: "Take a job off your saved jobs", handler: deleteSaved).returns(204, nil),
        ]
    }

    @Sendable private func save(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        var body = try BodyReader(request.json())
        let category = body.optionalText("category", max: SavedJob.longestCategory) ?? ""
        let notes = body.optionalText("notes", max: SavedJob.longestNotes) ?? ""
        try body.finish()
        let isNew = try await database.write { transaction in
            let job = try Self.rowID(of: id, in: transaction)
            return try SavedJobStore.save(job, category: category, notes: notes, of: owner, in: transaction)
        }
        return Self.message(isNew ? "Job saved successfully" : "Job already saved")
    }

    @Sendable private func unsave(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        try await database.write { transaction in
            guard try SavedJobStore.unsave(Self.rowID(of: id, in: transaction), of: owner, in: transaction) else { throw JobError.notSaved }
        }
        return Self.message("Job removed from saved jobs")
    }

    @Sendable private func listSaved(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let page = try Page(request)
        let category = request.query("category").flatMap { $0.isEmpty ? nil : $0 }
        return try await database.readPatiently { reader in
            let count = try SavedJobStore.count(of: owner, category: category, in: reader)
            let offset = try page.offset(count: count)
            let list = try SavedJobStore.list(of: owner, category: category, limit: page.size, offset: offset, in: reader)
            return try page.envelope(request, count: count) { writer in
                for saved in list { saved.write(into: &writer) }
            }
        }
    }

    @Sendable private func showSaved(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        let saved = try database.read { try Self.saved(id, of: owner, in: $0) }
        return .json { saved.write(into: &$0) }
    }

    @Sendable private func updateSaved(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        let body = try request.json()
        let saved = try await database.write { transaction in
            var saved = try Self.saved(id, of: owner, in: transaction)
            try SavedJob.description.decode(body, into: &saved, mode: .update)
            try SavedJobStore.update(saved, of: owner, in: transaction)
            return saved
        }
        return .json { saved.write(into: &$0) }
    }

    @Sendable private func deleteSaved(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        guard try await database.write({ try SavedJobStore.delete(id, of: owner, in: $0) }) else {
            throw HTTPError.noMatch(model: "SavedJob")
        }
        return .empty()
    }

    // MARK: Parts

    /// Another account's saved job is not there.
    private static func saved(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> SavedJob {
        guard let saved = try SavedJobStore.saved(id, of: owner, in: reader) else { throw HTTPError.noMatch(model: "SavedJob") }
        return saved
    }

    static func rowID(of id: Identifier, in reader: Reader) throws -> Int64 {
        guard let rowID = try JobStore.rowID(id, in: reader) else { throw HTTPError.noMatch(model: "Job") }
        return rowID
    }

    private static func message(_ text: String) -> HTTPAnswer { .json { $0.object { $0.field("message", text) } } }
}
