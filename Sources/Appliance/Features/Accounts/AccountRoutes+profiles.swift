import Platform

/// The caller's profile. There is one at most, yet clients know it as a list with members.
extension AccountRoutes {
    @Sendable func listProfiles(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let page = try Page(request)
        let profile = try database.read { try ProfileStore.profile(of: Self.account(of: request, in: $0), in: $0) }
        return try page.envelope(request, count: profile == nil ? 0 : 1) { writer in
            if let profile { ProfileResource.description.write(profile, into: &writer) }
        }
    }

    @Sendable func createProfile(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let body = try request.json()
        let profile = try await database.write { transaction in
            let account = try Self.account(of: request, in: transaction)
            guard try ProfileStore.profile(of: account, in: transaction) == nil else { throw AccountError.profileExists }
            var profile = Profile(account: account)
            try ProfileResource.description.decode(body, into: &profile, mode: .create)
            return try ProfileStore.create(profile, in: transaction)
        }
        return .json(201) { ProfileResource.description.write(profile, into: &$0) }
    }

    @Sendable func showProfile(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let profile = try database.read { try Self.profile(of: request, in: $0) }
        return .json { ProfileResource.description.write(profile, into: &$0) }
    }

    @Sendable func replaceProfile(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .replace) }

    @Sendable func updateProfile(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .update) }

    @Sendable func deleteProfile(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.profileID(of: request)
        guard try await database.write({ try ProfileStore.delete(id, of: owner, in: $0) }) else {
            throw HTTPError.noMatch(model: "UserProfile")
        }
        return .empty()
    }

    /// Reads the stored profile and writes the changed one in one transaction, so that of two changes at once
    /// neither undoes the other's fields.
    private func change(_ request: HTTPRequest, _ mode: Resource<Profile>.Mode) async throws -> HTTPAnswer {
        let body = try request.json()
        let profile = try await database.write { transaction in
            var profile = try Self.profile(of: request, in: transaction)
            try ProfileResource.description.decode(body, into: &profile, mode: mode)
            return try ProfileStore.update(profile, in: transaction)
        }
        return .json { ProfileResource.description.write(profile, into: &$0) }
    }

    /// The profile that the path names. Another account's is not there.
    private static func profile(of request: HTTPRequest, in reader: Reader) throws -> Profile {
        let id = try profileID(of: request)
        guard let profile = try ProfileStore.profile(of: account(of: request, in: reader), in: reader), profile.rowID == id else {
            throw HTTPError.noMatch(model: "UserProfile")
        }
        return profile
    }

    private static func profileID(of request: HTTPRequest) throws -> Int64 {
        guard let id = request.parameters["id"].flatMap({ Int64($0) }) else { throw HTTPError.notFound }
        return id
    }
}
