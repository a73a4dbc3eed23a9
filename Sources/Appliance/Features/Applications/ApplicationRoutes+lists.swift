import Platform

/// Lists, figures, histories and files of the caller's applications.
extension ApplicationRoutes {
    private static let mostExported = 10_000
    private static let mostExportedBytes = 32 << 20

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let page = try Page(request)
        let filter = try ApplicationFilter(request)
        guard filter.isByIndex else {
            return try await database.scan { reader in
                let all = try ApplicationStore.allRowIDs(filter, of: applicant.owner, in: reader)
                let shown = try all.dropFirst(page.offset(count: all.count)).prefix(page.size)
                return try Self.envelope(request, page, count: all.count, shown, of: applicant, in: reader)
            }
        }
        return try await database.readPatiently { reader in
            let count = try ApplicationStore.count(filter, of: applicant.owner, in: reader)
            let offset = try page.offset(count: count)
            let shown = try ApplicationStore.rowIDs(filter, of: applicant.owner, limit: page.size, offset: offset, in: reader)
            return try Self.envelope(request, page, count: count, shown[...], of: applicant, in: reader)
        }
    }

    private static func envelope(
        _ request: HTTPRequest, _ page: Page, count: Int, _ rowIDs: ArraySlice<Int64>, of applicant: Applicant, in reader: Reader
    ) throws -> HTTPAnswer {
        try page.envelope(request, count: count) { writer in
            for rowID in rowIDs {
                guard let application = try ApplicationStore.application(rowID: rowID, of: applicant, in: reader) else { continue }
                ApplicationResource.description.write(application, into: &writer)
            }
        }
    }

    @Sendable func stats(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let stats = try await database.scan { try ApplicationStore.stats(of: owner, in: $0) }
        return .json { stats.write(into: &$0) }
    }

    @Sendable func history(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let page = try Page(request)
        return try await database.readPatiently { reader in
            let application = try Self.application(of: request, in: reader)
            let count = try ApplicationStore.eventCount(of: application, in: reader)
            let offset = try page.offset(count: count)
            let events = try ApplicationStore.events(of: application, limit: page.size, offset: offset, in: reader)
            var names: [Owner: Identifier] = [:]
            for case let actor? in Set(events.map(\.actor.account)) { names[actor] = try AccountStore.account(actor, in: reader)?.id }
            return try page.envelope(request, count: count) { writer in
                for event in events { event.write(actorID: event.actor.account.flatMap { names[$0] }, into: &writer) }
            }
        }
    }

    /// The whole file, or a refusal that says how to ask for less: never a part that looks like the whole.
    @Sendable func export(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let filter = try ApplicationFilter(request)
        let format = try Self.format(of: request)
        let tooMany = ApplicationError.tooManyToExport(limit: Self.mostExported)
        let file = try await database.scan { reader in
            let rowIDs = try ApplicationStore.allRowIDs(filter, of: applicant.owner, in: reader)
            guard rowIDs.count <= Self.mostExported else { throw tooMany }
            var file = ApplicationExport.head(format)
            for rowID in rowIDs {
                guard let application = try ApplicationStore.application(rowID: rowID, of: applicant, in: reader) else { continue }
                file += ApplicationExport.line(application, format)
                guard file.count <= Self.mostExportedBytes else { throw tooMany }
            }
            return file
        }
        return HTTPAnswer.bytes(file, type: format.mediaType)
            .with("Content-Disposition", "attachment; filename=\"applications.\(format.rawValue)\"")
    }

    private static func format(of request: HTTPRequest) throws -> ApplicationExport.Format {
        let standard = ApplicationExport.Format.jsonl
        var reader = BodyReader(.object(JSONObject(request.query("format").map { [("format", .string($0))] } ?? [])))
        let word = reader.choice("format", ApplicationExport.Format.allCases.map(\.rawValue), default: standard.rawValue)
        try reader.finish()
        return ApplicationExport.Format(rawValue: word) ?? standard
    }
}
