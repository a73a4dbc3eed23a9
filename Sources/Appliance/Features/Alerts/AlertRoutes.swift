import Platform

/// `/api/v1/jobs/alerts/`: the caller's job alerts.
struct AlertRoutes: Sendable {
    let database: Database

    private static let base = "/api/v1/jobs/alerts/"
    private static let model = "JobAlert"

    var routes: [Route] {
        let (base, one) = (Self.base, Self.base + "{id}/")
        let resource = JobAlertResource.description
        return [
            .get(base, summary: "Your job alerts, newest first", handler: list)
                .asks(.page).returns(200, .page(of: resource.schema)),
            .post(base, idempotent: true, summary: "Create a job alert", handler: create)
                .takes(resource.bodySchema()).returns(201, resource.schema),
            .get(one, summary: "One of your job alerts", handler: show).returns(200, resource.schema),
            .put(one, summary: "Replace a job alert", handler: replace)
                .takes(resource.bodySchema()).returns(200, resource.schema),
            .patch(one, summary: "Change a job alert", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, summary: "Delete a job alert", handler: delete).returns(204, nil),
            .post(one + "test/", body: .none, summary: "Ask what a job alert would find among all open jobs", handler: test)
                .returns(200, Self.trialSchema),
        ]
    }

    private static let trialSchema = JSONSchema.object([
        JSONSchema.Member("message", .text), JSONSchema.Member("alert_id", .uuid), JSONSchema.Member("matching_jobs", .integer),
        JSONSchema.Member("sample_jobs", .array(JobListItem.description.schema, maximumItems: AlertTrial.samples)),
    ])

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let page = try Page(request)
        return try await database.readPatiently { reader in
            let count = try AlertStore.count(of: caller.owner, in: reader)
            let offset = try page.offset(count: count)
            let alerts = try AlertStore.alerts(of: caller.owner, user: caller.accountID, limit: page.size, offset: offset, in: reader)
            return try page.envelope(request, count: count) { writer in
                for alert in alerts { JobAlertResource.description.write(alert, into: &writer) }
            }
        }
    }

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let body = try request.json()
        let alert = try await database.write { transaction in
            var alert = JobAlert(id: transaction.newIdentifier(), user: caller.accountID, createdAt: transaction.now)
            try JobAlertResource.description.decode(body, into: &alert, mode: .create)
            try alert.check()
            return try AlertStore.create(alert, of: caller.owner, in: transaction)
        }
        return .json(201) { JobAlertResource.description.write(alert, into: &$0) }
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let alert = try database.read { try Self.alert(of: request, in: $0) }
        return .json { JobAlertResource.description.write(alert, into: &$0) }
    }

    @Sendable private func replace(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .replace) }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .update) }

    /// Reads the stored alert and writes the changed one in one transaction, so that of two changes at once neither
    /// undoes the other's fields.
    private func change(_ request: HTTPRequest, _ mode: Resource<JobAlert>.Mode) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let body = try request.json()
        let alert = try await database.write { transaction in
            var alert = try Self.alert(of: request, in: transaction)
            try JobAlertResource.description.decode(body, into: &alert, mode: mode)
            try alert.check()
            return try AlertStore.update(alert, of: owner, in: transaction)
        }
        return .json { JobAlertResource.description.write(alert, into: &$0) }
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        guard try await database.write({ try AlertStore.delete(id, of: owner, in: $0) }) else {
            throw HTTPError.noMatch(model: Self.model)
        }
        return .empty()
    }

    @Sendable private func test(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let alert = try database.read { try Self.alert(of: request, in: $0) }
        let trial = try await AlertTrial.of(alert.criteria, in: database)
        let samples = try database.read { reader in
            try trial.newest.compactMap { try JobStore.listItem(rowID: $0.rowID, in: reader) }
        }
        return .json { writer in
            writer.object { writer in
                let jobs = trial.count == 1 ? "1 open job matches" : "\(trial.count) open jobs match"
                writer.field("message", "\(jobs) this alert.")
                writer.field("alert_id", alert.id)
                writer.field("matching_jobs", trial.count)
                writer.array("sample_jobs") { writer in
                    for sample in samples { sample.write(into: &writer) }
                }
            }
        }
    }

    /// The alert that the path names. Another account's is not there.
    private static func alert(of request: HTTPRequest, in reader: Reader) throws -> JobAlert {
        let caller = try request.requireCaller()
        let id = try id(of: request)
        guard let alert = try AlertStore.alert(id, of: caller.owner, user: caller.accountID, in: reader) else {
            throw HTTPError.noMatch(model: model)
        }
        return alert
    }

    private static func id(of request: HTTPRequest) throws -> Identifier {
        guard let id = request.parameters["id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        return id
    }
}
