import Testing

@testable import Platform

@Suite("Pages")
struct PageTests {
    private func request(_ query: String, path: String = "/api/v1/jobs/") -> HTTPRequest {
        HTTPRequest(method: "GET", path: path, rawQuery: query, host: "jobs.example.org", received: Timestamp(seconds: 0))
    }

    private func envelope(_ query: String, count: Int, size: Page.Size = .standard) throws -> String {
        let request = request(query)
        let answer = try Page(request, size: size).envelope(request, count: count) { $0.string("item") }
        return String(decoding: answer.body, as: UTF8.self)
    }

    @Test(
        "The envelope of a page",
        arguments: [
            ("", 0, #"{"count":0,"next":null,"previous":null,"results":["item"]}"#),
            ("page=1", 20, #"{"count":20,"next":null,"previous":null,"results":["item"]}"#),
            ("", 21, #"{"count":21,"next":"http://jobs.example.org/api/v1/jobs/?page=2","previous":null,"results":["item"]}"#),
            (
                "page=2&search=a+b&location=Z%C3%BCrich", 60,
                #"{"count":60,"next":"http://jobs.example.org/api/v1/jobs/?location=Z%C3%BCrich&page=3&search=a+b","previous":"http://jobs.example.org/api/v1/jobs/?location=Z%C3%BCrich&search=a+b","results":["item"]}"#
            ),
            ("page=2", 21, #"{"count":21,"next":null,"previous":"http://jobs.example.org/api/v1/jobs/","results":["item"]}"#),
            (
                "page=3", 41,
                #"{"count":41,"next":null,"previous":"http://jobs.example.org/api/v1/jobs/?page=2","results":["item"]}"#
            ),
            (
                "page=last&x=1&x=&a", 41,
                #"{"count":41,"next":null,"previous":"http://jobs.example.org/api/v1/jobs/?a=&page=2&x=1&x=","results":["item"]}"#
            ),
            ("page=+2%20", 21, #"{"count":21,"next":null,"previous":"http://jobs.example.org/api/v1/jobs/","results":["item"]}"#),
        ])
    func envelopes(query: String, count: Int, expected: String) throws {
        #expect(try envelope(query, count: count) == expected)
    }

    @Test(
        "A page that does not exist is none", arguments: ["page=0", "page=-1", "page=3", "page=x", "page=1.0", "page=99999999999999999999"])
    func invalid(_ query: String) {
        #expect(throws: HTTPError.invalidPage) { try envelope(query, count: 40) }
    }

    @Test(
        "The size of a page is the client's only where that is honoured",
        arguments: [
            ("", 10), ("page_size=5", 5), ("page_size=100", 100), ("page_size=1000", 100), ("page_size=0", 10), ("page_size=-3", 10),
            ("page_size=x", 10),
        ])
    func sizes(query: String, expected: Int) throws {
        #expect(try Page(request(query), size: .sessions).size == expected)
        #expect(try Page(request(query)).size == 20)
    }

    @Test("The offset counts the items before the page")
    func offsets() throws {
        #expect(try Page(request("page=3")).offset(count: 41) == 40)
        #expect(try Page(request("page=last")).offset(count: 0) == 0)
        #expect(try Page(request("page=")).number(count: 9) == 1)
        #expect(throws: HTTPError.invalidPage) { try Page(request("page=2")).offset(count: 20) }
    }
}
