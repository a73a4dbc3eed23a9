import Platform

/// `/api/v1/jobs/applications/`: what the caller applied to, and how it stands.
struct ApplicationRoutes: Sendable {
    let database: Database
    let autoApply: AutoApply

    var routes: [Route] { ownRoutes + listRoutes + manyRoutes }

    static let base = "/api/v1/jobs/applications/"

    private var ownRoutes: [Route] {
        let (base, one) = (Self.base, Self.base + "{id}/")
        let resource = ApplicationDocs.resource
        return [
            .post(base, idempotent: true, summary: "Note an application to a job.", handler: create)
                .takes(resource.bodySchema()).returns(201, resource.schema),
            .get(one, summary: "One of your applications.", handler: show).returns(200, resource.schema),
            .put(one, summary: "Replace an application.", handler: replace)
                .takes(resource.bodySchema()).returns(200, resource.schema),
            .patch(one, summary: "Change an application.", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, summary: "Delete an application with its history.", handler: delete).returns(204, nil),
            .get(one + "history/", summary: "What happened to an application, newest first.", handler: history)
                .asks(.page).returns(200, .page(of: ApplicationEvent.schema)),
        ]
    }

    private var listRoutes: [Route] {
        let formats = ApplicationExport.Format.allCases
        return [
            .get(Self.base, summary: "Your applications, newest first.", handler: list)
                .asksForApplications().asks(.page).returns(200, .page(of: ApplicationDocs.resource.schema)),
            .get(Self.base + "stats/", summary: "Your applications in figures.", handler: stats).returns(200, ApplicationStats.schema),
            .get(
                Self.base + "export/", summary: "Your applications as a file.", produces: formats.map(\.mediaType) + ["application/json"],
                handler: export
            )
            .asksForApplications().asks(
                Operation.Parameter("format", .choice(formats.map(\.rawValue)), "The file's form; jsonl if not given.")
            )
            .returns(200, .text, as: formats.map(\.mediaType)),
        ]
    }

    private var manyRoutes: [Route] {
        [
            .post(Self.base + "bulk-apply/", idempotent: true, summary: "Note applications to several jobs.", handler: bulkApply)
                .takes(ApplicationDocs.bulk).returns(200, ApplicationDocs.bulkOutcome),
            .post(
                "/api/v1/jobs/jobs/{id}/auto-apply/", idempotent: true, summary: "Have the server apply to jobs for you.",
                handler: orderAutoApply
            )
            .takes(ApplicationDocs.autoApply).returns(202, ApplicationDocs.autoApplyStarted)
            .returns(503, ApplicationDocs.refusal, "This server cannot apply, and says what is missing; or it is busy."),
        ]
    }

    // MARK: One application

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let body = try request.json()
        let application = try await database.write { transaction in
            var application = Application(by: applicant, in: transaction)
            try Self.decode(body, into: &application, .create, in: transaction)
            return try ApplicationStore.create(application, of: applicant, by: .user(applicant.owner), in: transaction)
        }
        return .json(201) { ApplicationResource.description.write(application, into: &$0) }
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let application = try database.read { try Self.application(of: request, in: $0) }
        return .json { ApplicationResource.description.write(application, into: &$0) }
    }

    @Sendable private func replace(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .replace) }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .update) }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        guard try await database.write({ try ApplicationStore.delete(id, of: owner, in: $0) }) else { throw Self.missing }
        return .empty()
    }

    /// Reads the stored application and writes the changed one in one transaction, so that of two changes at once
    /// neither undoes the other's fields.
    private func change(_ request: HTTPRequest, _ mode: Resource<Application>.Mode) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let id = try Self.id(of: request)
        let body = try request.json()
        let application = try await database.write { transaction in
            try ApplicationStore.change(id, of: applicant, by: .user(applicant.owner), in: transaction) { application in
                try Self.decode(body, into: &application, mode, in: transaction)
            }
        }
        guard let application else { throw Self.missing }
        return .json { ApplicationResource.description.write(application, into: &$0) }
    }

    // MARK: Parts of requests

    static let missing = HTTPError.noMatch(model: "Application")

    static func id(of request: HTTPRequest) throws -> Identifier {
        guard let id = Identifier(request.parameters["id"] ?? "") else { throw HTTPError.notFound }
        return id
    }

    /// The application that the path names. Another account's is not there.
    static func application(of request: HTTPRequest, in reader: Reader) throws -> Application {
        let applicant = Applicant(try request.requireCaller())
        guard let found = try ApplicationStore.application(id(of: request), of: applicant, in: reader) else { throw missing }
        return found
    }

    /// Reads a body into an application and finds the job that it names; what is wrong with either is told at once.
    private static func decode(
        _ body: JSONValue, into application: inout Application, _ mode: Resource<Application>.Mode, in reader: Reader
    ) throws {
        var errors = ValidationErrors()
        do throws(ValidationErrors) {
            try ApplicationResource.description.decode(body, into: &application, mode: mode)
            try application.check()
        } catch {
            errors = error
        }
        // Also of a body that is wrong elsewhere.
        let wanted = application.request.jobID ?? body["job_id"]?.string.flatMap { Identifier($0) }
        if let wanted {
            application.job = try JobStore.listItem(wanted, in: reader)
            if application.job == nil { errors.add("job_id", ApplicationError.noSuchJob(wanted)["job_id"]) }
        }
        try errors.check()
    }
}
