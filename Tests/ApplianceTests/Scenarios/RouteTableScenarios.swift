import Platform
import TestSupport
import Testing

@testable import Appliance

/// What holds for every row of the route table, whatever the feature: ids that are none, methods that there are not, pages
/// that there are not.
@Suite("Every route", .timeLimit(.minutes(1)))
struct RouteTableScenarios {
    /// How the contract calls what is not found.
    private static let models: [OwnThings.Kind: String] = [
        .session: "ChatSession", .profile: "UserProfile", .login: "Login", .task: "Task", .application: "Application",
        .stream: "ChatStream", .alert: "JobAlert", .recommendation: "RecommendedJob", .saved: "SavedJob", .notification: "Notification",
        .job: "Job", .mail: "Mail", .target: "NotificationTarget",
    ]

    @Test("An id that nobody has is not found in the contract's words, and neither is one that cannot be")
    func unknownIDs() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let line = KeptConnection(port: server.port)
            for inputs in server.requestRoutes.map({ RouteInputs($0) }) where inputs.hasParameterInPath {
                let kind = try #require(OwnThings.kind(of: inputs.route.pattern), "\(inputs.name)")
                let body = inputs.takesBody ? inputs.body([], others: \.schema.example) : nil
                let unknown = kind == .profile ? "4611686018427387904" : "01900000-0000-7000-8000-000000000000"
                let missing = #"{"detail":"No \#(Self.models[kind] ?? "") matches the given query."}"#
                var rows = [(unknown, missing)]
                rows += ["x", "1.5", "-", "01900000-0000-7000-8000-00000000000", "%00", "%20"].map { ($0, #"{"detail":"Not found."}"#) }
                for (id, text) in rows {
                    let path = OwnThings.path(inputs.route.pattern, naming: id)
                    let answer = try await line.request(inputs.route.method, path, token: staff.access, body: body)
                    #expect(answer.status == 404 && answer.text == text, "\(inputs.route.method) \(path): \(answer.text)")
                }
            }
        }
    }

    @Test("A method that a path has not is 405 and names those that it has; strangers hear first that they are none")
    func methods() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let things = try await OwnThings.make(of: user, word: "mine")
            let line = KeptConnection(port: server.port)
            for (pattern, routes) in Dictionary(grouping: server.requestRoutes, by: \.pattern) {
                let path = things.path(pattern)
                let served = Set(routes.map(\.method))
                let allowed = served.union(served.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"])
                let isPublic = routes.contains { [.anyone, .anyoneChecked].contains($0.access) }
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] where !served.contains(method) {
                    let answer = try await line.request(method, path, token: user.access)
                    expectAnswer(answer, 405, #"{"detail":"Method \"\#(method)\" not allowed."}"#)
                    #expect(Self.allow(answer) == allowed, "\(method) \(path)")
                    let stranger = try await line.request(method, path)
                    #expect(stranger.status == (isPublic ? 405 : 401), "\(method) \(path)")
                }
                let options = try await line.request("OPTIONS", path, token: user.access)
                let isForStaff = routes.allSatisfy { $0.access == .staff }
                #expect(options.status == (isForStaff ? 403 : 200), "OPTIONS \(path): \(options.text)")
                guard options.status == 200 else { continue }
                #expect(options.json.object?.keys == ["name", "renders", "parses"] && Self.allow(options) == allowed, "OPTIONS \(path)")
            }
        }
    }

    private static func allow(_ answer: TestResponse) -> Set<String> {
        Set((answer["Allow"] ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) })
    }

    @Test("HEAD is answered as GET is, without the body")
    func heads() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let things = try await OwnThings.make(of: staff, word: "mine")
            let line = KeptConnection(port: server.port)
            for route in server.requestRoutes where route.method == "GET" {
                let path = things.path(route.pattern)
                let (get, head) = (
                    try await line.request("GET", path, token: staff.access), try await line.request("HEAD", path, token: staff.access)
                )
                #expect(get.status < 400 && head.status == get.status && head.body.isEmpty, "\(path)")
                #expect(head["Content-Type"] == get["Content-Type"], "\(path)")
            }
        }
    }

    @Test("A list's first page is there when it is empty; pages that are none, or behind the end, are not")
    func pages() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let things = try await OwnThings.make(of: ada, word: "mine")
            let line = KeptConnection(port: server.port)
            // `search/` reads its pages in a way of its own, which its scenarios show.
            let lists = server.requestRoutes.map { RouteInputs($0) }.filter {
                $0.query.contains("page") && !$0.query.contains("limit") && !$0.isForStaff
            }
            #expect(lists.count >= 9)
            for inputs in lists {
                let path = things.path(inputs.route.pattern)
                func get(_ query: String, _ token: String = ada.access) async throws -> TestResponse {
                    try await line.request("GET", "\(path)?\(query)", token: token)
                }
                let first = try await get("")
                let count = try #require(first.json["count"]?.int, "\(inputs.name): \(first.text)")
                #expect((1...20).contains(count) && first.json["next"] == .null && first.json["previous"] == .null, "\(inputs.name)")
                for page in ["", "1", "last"] { expectAnswer(try await get("page=\(page)"), 200, first.text) }
                for page in ["0", "2", "-1", "x", "1.5", "Last", "9223372036854775807", "99999999999999999999", "%00", "1%202"] {
                    expectAnswer(try await get("page=\(page)"), 404, #"{"detail":"Invalid page."}"#)
                }
                if inputs.query.contains("page_size") {
                    for size in ["", "0", "-1", "x", "1000", "99999999999999999999"] {
                        expectAnswer(try await get("page_size=\(size)"), 200, first.text)
                    }
                }
                guard !inputs.hasParameterInPath, inputs.route.pattern != "/api/v1/jobs/jobs/" else { continue }
                let isProfile = inputs.route.pattern == "/api/v1/auth/profiles/"
                for page in ["1", "last"] {
                    let empty = try await get("page=\(page)", eve.access)
                    #expect(empty.status == 200 && empty.json["count"]?.int == (isProfile ? 1 : 0), "\(inputs.name): \(empty.text)")
                }
            }
        }
    }
}
