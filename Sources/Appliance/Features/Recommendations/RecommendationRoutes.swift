import Platform

/// `/api/v1/jobs/recommendations/`: the jobs that suit the caller, and what the caller thinks of them.
struct RecommendationRoutes: Sendable {
    let database: Database
    let recommender: Recommender
    let log: Log

    private static let base = "/api/v1/jobs/recommendations/"

    var routes: [Route] {
        let resource = RecommendedJob.description
        return [
            .get(Self.base, summary: "Jobs that suit you, the best first", handler: list)
                .asks(.page, RecommendationDocs.status).returns(200, .page(of: resource.schema)),
            .post(Self.base + "generate/", body: .none, summary: "Look for jobs that suit you", handler: generate)
                .returns(200, RecommendationDocs.generated)
                .returns(404, RecommendationDocs.refusal, "There is no profile to go by.")
                .returns(500, RecommendationDocs.failure, "Something went wrong here."),
            .patch(Self.base + "{id}/", summary: "Say what you think of a recommendation", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
        ]
    }

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let statuses = Self.statuses(of: request)
        let page = try Page(request)
        return try await database.readPatiently { reader in
            let count = try RecommendationStore.count(of: owner, statuses: statuses, in: reader)
            let offset = try page.offset(count: count)
            let found = try RecommendationStore.recommendations(
                of: owner, statuses: statuses, limit: page.size, offset: offset, in: reader)
            return try page.envelope(request, count: count) { writer in
                for recommendation in found { RecommendedJob.description.write(recommendation, into: &writer) }
            }
        }
    }

    @Sendable private func generate(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let made: [Recommender.Made]
        do {
            made = try await recommender.generate(for: owner)
        } catch let fact as any HTTPFact where fact.status != 500 {
            throw fact
        } catch {
            log.error("Recommendations could not be made.", requestID: request.requestID, ["error": .string("\(error)")])
            throw RecommendationError.failed
        }
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Successfully generated \(made.count) new or updated recommendations.")
                writer.array("data") { writer in
                    for recommendation in made { recommendation.write(into: &writer) }
                }
            }
        }
    }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        guard let id = request.parameters["id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        let body = try request.json()
        let changed = try await database.write { transaction in
            guard let stored = try RecommendationStore.recommendation(id, of: owner, in: transaction) else {
                throw HTTPError.noMatch(model: "RecommendedJob")
            }
            var wanted = stored
            try RecommendedJob.description.decode(body, into: &wanted, mode: .update)
            guard wanted.status != stored.status else { return stored }
            return try RecommendationStore.setStatus(wanted.status, of: stored, owner: owner, in: transaction)
        }
        return .json { RecommendedJob.description.write(changed, into: &$0) }
    }

    /// The statuses that the query asks for. Without the parameter those that are open; words that are none are passed
    /// over, and where no word is left all are meant.
    private static func statuses(of request: HTTPRequest) -> [RecommendedJob.Status]? {
        guard let text = request.query("status") else { return RecommendedJob.Status.allCases.filter(\.isOpen) }
        let named = Set(text.split(separator: ",").compactMap { RecommendedJob.Status(rawValue: String($0.trimmed)) })
        return named.isEmpty ? nil : RecommendedJob.Status.allCases.filter(named.contains)
    }
}

extension Recommender.Made {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("recommended_job_id", id)
            writer.field("job_id", job.id)
            writer.field("job_title", job.title)
            writer.field("score", score)
            writer.field("status", RecommendedJob.Status.pendingReview.rawValue)
            writer.field("action", isNew ? "created" : "updated")
        }
    }
}
