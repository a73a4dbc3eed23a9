import Platform

/// `/api/v1/auth/profiles/`: each person's own profile, and nobody else's.
struct ProfileRoutes: Sendable {
    let database: Database

    var routes: [Route] {
        [
            .get("/api/v1/auth/profiles/", summary: "Your profile, as a list of one.", handler: list),
            .post("/api/v1/auth/profiles/", summary: "Make a profile, after yours was deleted.", handler: create),
            .get("/api/v1/auth/profiles/{id}/", summary: "Your profile.", handler: detail),
            .put("/api/v1/auth/profiles/{id}/", summary: "Change your profile.", handler: update),
            .patch("/api/v1/auth/profiles/{id}/", summary: "Change your profile.", handler: update),
            .delete("/api/v1/auth/profiles/{id}/", summary: "Delete your profile.", handler: delete),
        ]
    }

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let found = try database.read { try ProfileStore.profile(of: owner, in: $0) }
        let page = try Page(request)
        let count = found == nil ? 0 : 1
        _ = try page.number(count: count)
        return try page.envelope(request, count: count) { writer in
            if let found { ProfileResource.description.write(found, into: &writer) }
        }
    }

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let body = try request.json()
        let stored = try await database.write { transaction in
            guard try ProfileStore.profile(of: owner, in: transaction) == nil else { throw AccountError.profileExists }
            guard let account = try AccountStore.account(owner, in: transaction) else { throw HTTPError.userNotFound }
            var draft = StoredProfile(id: 0, account: account, profile: Profile(), createdAt: transaction.now, updatedAt: transaction.now)
            try ProfileResource.description.decode(body, into: &draft, mode: .create)
            try draft.profile.check()
            draft.id = try ProfileStore.create(draft.profile, ofAccount: owner.rowID, in: transaction)
            return draft
        }
        return .json(201) { ProfileResource.description.write(stored, into: &$0) }
    }

    @Sendable private func detail(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let stored = try database.read { try own(request, in: $0) }
        return .json { ProfileResource.description.write(stored, into: &$0) }
    }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let body = try request.json()
        let mode = request.method == "PUT" ? Resource<StoredProfile>.Mode.replace : .update
        let stored = try await database.write { transaction in
            var draft = try own(request, in: transaction)
            try ProfileResource.description.decode(body, into: &draft, mode: mode)
            try draft.profile.check()
            try ProfileStore.update(draft.profile, of: owner, in: transaction)
            draft.updatedAt = transaction.now
            return draft
        }
        return .json { ProfileResource.description.write(stored, into: &$0) }
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        try await database.write { transaction in
            _ = try own(request, in: transaction)
            _ = try ProfileStore.delete(of: owner, in: transaction)
        }
        return .empty()
    }

    /// The caller's profile, if that is the one the path names.
    @Sendable private func own(_ request: HTTPRequest, in reader: Reader) throws -> StoredProfile {
        guard let id = Int64(request.parameters["id"] ?? "") else { throw HTTPError.notFound }
        guard let stored = try ProfileStore.profile(of: request.requireCaller().owner, in: reader), stored.id == id else {
            throw HTTPError.noMatch(model: "UserProfile")
        }
        return stored
    }
}
