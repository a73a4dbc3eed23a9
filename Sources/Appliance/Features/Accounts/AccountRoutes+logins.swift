import Platform

/// The caller's logins, so that one on a lost machine can be ended from another.
extension AccountRoutes {
    @Sendable func listLogins(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let now = clock.now()
        let logins = try database.read { try LoginStore.list(of: caller.owner, at: now, in: $0) }
        return .json { writer in
            writer.object { writer in
                writer.array("results") { writer in
                    for login in logins { login.write(isCurrent: login.id == caller.loginID, into: &writer) }
                }
            }
        }
    }

    @Sendable func endLogin(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        guard let id = request.parameters["id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        guard try await database.write({ try LoginStore.end(id, of: owner, because: .logout, in: $0) }) else {
            throw HTTPError.noMatch(model: "Login")
        }
        return .empty()
    }
}
