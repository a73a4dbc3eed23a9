/// `/api/v1/tasks/`: how far an account's background work is.
package struct WorkRoutes: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    package var routes: [Route] {
        [
            .get("/api/v1/tasks/{task_id}/", summary: "How far a piece of your background work is", handler: show)
                .returns(
                    200,
                    .named(
                        "Task",
                        .object([
                            JSONSchema.Member("task_id", .uuid),
                            JSONSchema.Member("status", .choice(WorkItem.State.allCases.map(\.status))),
                            JSONSchema.Member("result", .nullable(.anything)), JSONSchema.Member("error", .nullable(.text)),
                            JSONSchema.Member("error_code", .nullable(.text)), JSONSchema.Member("created_at", .datetime),
                            JSONSchema.Member("finished_at", .nullable(.datetime)),
                        ])))
        ]
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        guard let id = request.parameters["task_id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        guard let report = try database.read({ try WorkTable.report(id, of: owner, in: $0) }) else {
            throw HTTPError.noMatch(model: "Task")
        }
        return .json { writer in
            writer.object { writer in
                writer.field("task_id", report.id)
                writer.field("status", report.state.status)
                writer.field("result", report.result)
                writer.field("error", report.error)
                writer.field("error_code", report.errorCode)
                writer.field("created_at", report.createdAt)
                writer.field("finished_at", report.finishedAt)
            }
        }
    }
}
