import Platform
import TestSupport
import Testing

@testable import Appliance

let applicationsPath = "/api/v1/jobs/applications/"

extension TestAppliance {
    /// Stores a job and gives its id.
    func vacancy(_ title: String = "Baker", at company: String = "Loaf", _ edit: @escaping @Sendable (inout Job) -> Void = { _ in })
        async throws -> String
    {
        try await database.write { transaction in
            var job = Job()
            (job.title, job.company, job.description, job.location) = (title, company, "Bakes bread.", "Ulm")
            (job.externalSource, job.externalID) = ("test", transaction.newIdentifier().description)
            edit(&job)
            _ = try JobStore.upsert(job, in: transaction)
            return try transaction.first("SELECT id FROM jobs WHERE external_id = $1", job.externalID) { try $0.id(0).description } ?? ""
        }
    }

    func vacancies(_ count: Int) async throws -> [String] {
        var ids: [String] = []
        for number in 0..<count { ids.append(try await vacancy("Baker \(number)")) }
        return ids
    }

    /// How many applications a job says it has, and how many it has.
    func applicationCounts(_ job: String) throws -> (told: Int64, real: Int64) {
        try database.read { reader in
            let id = Identifier(job)
            return (
                try reader.int("SELECT application_count FROM jobs WHERE id = $1", id),
                try reader.int("SELECT count(*) FROM applications JOIN jobs ON jobs.rid = job_rid WHERE jobs.id = $1", id)
            )
        }
    }

    /// The account as the stores know it.
    func applicant(_ user: TestUser) throws -> Applicant {
        let account = try database.read { try AccountStore.account(email: user.email, in: $0) }
        return Applicant(try #require(account))
    }
}

extension TestUser {
    /// The same person with tokens of this moment, after the clock was moved beyond those.
    func loggedInAgain() async throws -> TestUser {
        let tokens = try TokenAnswer(try await server.login(email, password))
        return TestUser(server: server, id: id, email: email, password: password, access: tokens.access, refresh: tokens.refresh)
    }

    /// Notes an application and gives its id. `more` is JSON of further members.
    func apply(to job: String, _ more: String = "") async throws -> String {
        let answer = try await post(applicationsPath, #"{"job_id":"\#(job)"\#(more.isEmpty ? "" : ",\(more)")}"#)
        guard answer.status == 201, let id = answer.json["id"]?.string else {
            throw HarnessError(message: "apply: \(answer.status) \(answer.text)")
        }
        return id
    }

    /// The results of a list's first page.
    func results(_ path: String) async throws -> [JSONValue] {
        let answer = try await get(path)
        guard answer.status == 200, let results = answer.json["results"]?.array else {
            throw HarnessError(message: "\(path): \(answer.status) \(answer.text)")
        }
        return results
    }

    /// The whole history of an application, oldest first.
    func history(_ application: String) async throws -> [JSONValue] {
        var events: [JSONValue] = []
        var page = 1
        while true {
            let answer = try await get("\(applicationsPath)\(application)/history/?page=\(page)").json
            events += answer["results"]?.array ?? []
            if answer["next"]?.string == nil { return events.reversed() }
            page += 1
        }
    }

    /// What the account was told about its applications, oldest first.
    func applicationNotices() async throws -> [JSONValue] {
        let owner = try server.applicant(self).owner
        return try await server.database.scan { reader in
            try reader.rows("SELECT data FROM notifications WHERE account_rid = $1 ORDER BY rid", owner.rowID) { try $0.json(0) }
        }
    }
}
