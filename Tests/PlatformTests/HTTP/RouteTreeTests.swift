import Testing

@testable import Platform

@Suite("The route table")
struct RouteTreeTests {
    private func route(_ method: String, _ pattern: String) -> Route {
        Route(method: method, pattern: pattern, summary: pattern) { _ in .empty() }
    }

    @Test("Two routes for one method and path are an error", arguments: [("/a/", "/a"), ("/a/{x}/", "/a/{y}/"), ("/%61/", "/a/")])
    func duplicates(first: String, second: String) {
        #expect(throws: RouteTableError.duplicate(method: "GET", pattern: second)) {
            try RouteTree([route("GET", first), route("POST", second), route("GET", second)])
        }
    }

    @Test("A pattern that cannot be matched is an error", arguments: ["", "a/", "/%zz/", "/{a}/{a}/"])
    func malformed(_ pattern: String) {
        #expect(throws: RouteTableError.malformed(pattern: pattern)) { try RouteTree([route("GET", pattern)]) }
    }

    @Test("Every put route is found with its own parameter names")
    func finds() throws {
        let routes = [
            Route.put("/a/{x}/b/", summary: "put") { _ in .empty() }, Route.delete("/a/{y}/b/", summary: "delete") { _ in .empty() },
            route("GET", "/"),
        ]
        let tree = try RouteTree(routes)
        let found = try #require(tree.find("/a/7/b"))
        #expect(found.values == ["7"])
        #expect(found.place.parameters == ["PUT": ["x"], "DELETE": ["y"]])
        #expect(found.place.allow == ["PUT", "DELETE", "OPTIONS"])
        #expect(tree.find("/")?.place.route(for: "HEAD")?.method == "GET")
        #expect(tree.find("/a/7") == nil && tree.find("a/7/b") == nil && tree.find("/a/7/b/c/") == nil)
    }
}

@Suite("The facts of HTTP")
struct HTTPErrorTests {
    @Test(
        "Words that no route of the fixture says",
        arguments: [
            (HTTPError.noMatch(model: "Job"), 404, #"{"detail":"No Job matches the given query."}"#),
            (
                HTTPError.tokenNotValid(.blacklisted), 401,
                #"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is blacklisted"}]}"#
            ),
        ])
    func words(error: HTTPError, status: Int, body: String) {
        let answer = ErrorRenderer.answer(to: error)
        #expect(answer.status == status && String(decoding: answer.body, as: UTF8.self) == body)
    }

    struct OwnFact: HTTPFact {
        let status = 401
        func writeBody(into writer: inout JSONWriter) { writer.object { $0.field("detail", "No.") } }
    }

    @Test("Every 401 names its scheme")
    func scheme() {
        #expect(ErrorRenderer.answer(to: OwnFact()).header("www-authenticate") == #"Bearer realm="api""#)
    }

    @Test("A date as HTTP writes it")
    func dates() {
        #expect(HTTPDateLine.text(Timestamp(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDateLine.text(Timestamp(seconds: 1_795_425_609)) == "Mon, 23 Nov 2026 09:20:09 GMT")
    }

    @Test("Work in the background has the owner of its row")
    func owners() {
        #expect(Owner.ofWork(accountRowID: 1) == FakeAuthenticator.caller(1).owner)
    }
}
