import Platform
import TestSupport
import Testing

@testable import Appliance

/// Hostile values in every place where a request takes input, for every route that is served: SQL, patterns, markup, NUL,
/// over-long, deep, of the wrong type, and no text at all. Nothing of it may be a server error, end the connection, or reach
/// another account's rows. What a route takes is read from the API's document, so a new field is tried by itself.
@Suite("Hostile input", .timeLimit(.minutes(2)))
struct HostileInputScenarios {
    /// A word in every text of somebody else.
    private static let marker = "zanzibar-7"

    @Test("Hostile bodies never meet a server error, nor another account's rows")
    func bodies() async throws {
        let values = HostileValues.texts.map { JSONValue.string($0).jsonText } + HostileValues.values
        try await withSweeps { sweep, routes in
            for (place, inputs) in routes.enumerated() where inputs.takesBody {
                for (number, json) in values.enumerated() where sweep.hasTurn(inputs, place + number) {
                    try await sweep.bodies(inputs) { _ in json }
                    try await sweep.bodies(inputs, tries: 1) { $0.schema.around(json) }
                }
                for (number, body) in HostileValues.bodies.enumerated() where sweep.hasTurn(inputs, place + number) {
                    try await sweep.send(inputs, body: body)
                }
                for (number, text) in HostileValues.broken.enumerated() where sweep.hasTurn(inputs, place + number) {
                    let form = inputs.fields.map { "\($0.name)=\(text)&\($0.name)=\(text)" }.joined(separator: "&")
                    let headers = [("Content-Type", "application/x-www-form-urlencoded")]
                    try await sweep.send(inputs, body: Array(form.utf8), headers: headers)
                }
            }
        }
    }

    @Test("Hostile paths, queries and headers never meet a server error, nor another account's rows")
    func paths() async throws {
        try await withSweeps { sweep, routes in
            for (place, inputs) in routes.enumerated() {
                for (number, text) in HostileValues.inPaths.enumerated()
                where inputs.hasParameterInPath && sweep.hasTurn(inputs, place + number) {
                    let path = OwnThings.path(inputs.route.pattern, naming: text)
                    try await sweep.send(inputs, path: path, body: inputs.takesBody ? Array("{}".utf8) : nil)
                }
                for (number, text) in HostileValues.inQueries.enumerated() where sweep.hasTurn(inputs, place + number) {
                    try await sweep.queries(inputs, text)
                }
                if let first = inputs.query.first {
                    // Over what the server reads, which it says before it ends the connection.
                    try await sweep.send(inputs, query: "\(first)=" + String(repeating: "x", count: 9_000))
                    for query in ["=", "&&&", "%", inputs.query.map { "\($0)=a&\($0)[]=b&\($0)[a]=c" }.joined(separator: "&")] {
                        try await sweep.send(inputs, query: query)
                    }
                }
                for (number, text) in HostileValues.inHeaders.enumerated()
                where inputs.route.idempotent && sweep.hasTurn(inputs, place + number) {
                    let body = inputs.takesBody ? inputs.body([], others: try await sweep.examples(for: inputs)) : nil
                    let headers = ["Idempotency-Key", "X-Request-ID", "User-Agent"].map { ($0, text) }
                    try await sweep.send(inputs, body: body, headers: headers)
                }
            }
        }
    }

    @Test("Values of a megabyte, lists of a hundred thousand and depths of thousands are refused or stored, and nothing breaks")
    func large() async throws {
        try await withSweeps { sweep, routes in
            for (place, inputs) in routes.enumerated() where inputs.takesBody && sweep.hasTurn(inputs, place) {
                try await sweep.bodies(inputs) { $0.schema.longestText.map { HostileValues.long($0 + 1) } }
                for deep in [("[", "]"), (#"{"a":"#, "}")] {
                    try await sweep.send(inputs, body: Array(HostileValues.nested(5_000, deep.0, deep.1, around: "1").utf8))
                }
                // PUT reads the same as POST, and a megabyte takes its time.
                guard inputs.route.method != "PUT" else { continue }
                let texts = inputs.fields.filter(\.schema.hasNoLongestText).count
                try await sweep.bodies(inputs, tries: 1) {
                    $0.schema.hasNoLongestText ? HostileValues.long(1_000_000 / max(1, texts)) : nil
                }
                try await sweep.bodies(inputs, tries: 1) { $0.schema.takesLists ? HostileValues.list(100_000) : nil }
            }
        }
    }

    @Test("Text that looks like SQL or markup is stored and given back as it is, and as JSON")
    func kept() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for text in HostileValues.texts where text.utf8.allSatisfy({ $0 >= 0x20 }) && text.utf8.contains(where: { $0 > 0x20 }) {
                let made = try await user.post("/api/v1/chat/sessions/", #"{"title":\#(JSONValue.string(text).jsonText)}"#)
                let shown = try await user.get("/api/v1/chat/sessions/\(made.json["id"]?.string ?? "")/")
                #expect(shown.json["title"]?.string == text)
                #expect(shown["Content-Type"] == "application/json")
                #expect(shown["X-Content-Type-Options"] == "nosniff")
            }
        }
    }

    @Test("What routes take is found in the document: fields, parts of fields, queries and paths")
    func found() async throws {
        try await TestAppliance.run { server in
            let inputs = server.requestRoutes.map { RouteInputs($0) }
            func named(_ name: String) throws -> RouteInputs { try #require(inputs.first { $0.name == name }) }
            let alert = try named("PATCH /api/v1/jobs/alerts/{id}/")
            #expect(alert.fields.map(\.name) == JobAlertResource.description.fields.map(\.schema).filter(\.isWritable).map(\.name))
            #expect(alert.hasParameterInPath && alert.fields.first { $0.name == "keywords" }?.schema.around("1") == "[1]")
            let settings = try named("PUT /api/v1/notifications/settings/").fields.first { $0.name == "email_digest" }
            #expect(settings?.schema.around("1") == #"{"enabled":1,"frequency":1,"time":1}"#)
            #expect(try named("GET /api/v1/jobs/saved/").query == ["page", "category"])
            let job = try named("POST /api/v1/jobs/jobs/")
            #expect(
                job.isForStaff && job.fields.filter(\.schema.hasNoLongestText).map(\.name) == ["description", "requirements", "benefits"])
            // Who reads a body says what is in it.
            #expect(inputs.filter { $0.takesBody && $0.fields.isEmpty }.map(\.name) == [])
        }
    }

    // MARK: Parts

    /// Runs the sweep as an ordinary account and as one of the staff, side by side, while somebody else has one thing of
    /// each kind; these must be untouched at the end, and the jobs' counters right.
    private func withSweeps(_ body: @escaping @Sendable (HostileSweep, [RouteInputs]) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let victim = try await server.register("victim@example.org")
            _ = try await OwnThings.make(of: victim, word: Self.marker)
            try await server.idle()
            let before = try await Self.everything(of: victim)
            #expect(before.jsonText.contains(Self.marker))
            let routes = server.requestRoutes.map { RouteInputs($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for isStaff in [false, true] {
                    group.addTask {
                        let user = isStaff ? try await server.staff() : try await server.register()
                        let sweep = try await HostileSweep(as: user, isStaff: isStaff, word: "mine", foreign: Self.marker)
                        try await body(sweep, routes)
                        sweep.expectKeptConnection()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.everything(of: victim) == before)
            #expect(try await server.count(Self.wrongCounts) == 0)
        }
    }

    private static let wrongCounts =
        "SELECT count(*) FROM jobs WHERE application_count <> (SELECT count(*) FROM applications WHERE job_rid = jobs.rid)"

    /// All that the server keeps of an account, except for when it was asked.
    private static func everything(of user: TestUser) async throws -> JSONValue {
        let document = try await user.get("/api/v1/auth/export/").json
        return .object(JSONObject(members: (document.object?.members ?? []).filter { $0.key != "exported_at" }))
    }
}
