import Platform

/// Everything that the server keeps about the caller.
extension AccountRoutes {
    @Sendable func export(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let (sources, limit, now) = (personalData, PersonalDataLimit(bytes: exportLimit), clock.now())
        let document = try await database.scan { reader in
            guard let account = try AccountStore.account(owner, in: reader) else { throw HTTPError.userNotFound }
            return try PersonalDocument.write(account, sources, at: now, within: limit, from: reader)
        }
        return .bytes(document, type: "application/json")
            .with("Content-Disposition", "attachment; filename=\"jobraker-export-\(now.dayText).json\"")
    }
}
