import Testing

@testable import Platform

@Suite("Forms")
struct FormTests {
    private func request(_ type: String, _ body: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", path: "/", headers: HTTPHeaders([("Content-Type", type)]), body: Array(body.utf8),
            received: Timestamp(seconds: 0))
    }

    private func part(_ head: String, _ content: String) -> String {
        "--XX\r\n\(head)\r\n\r\n\(content)\r\n"
    }

    @Test("Fields and files of a multipart body")
    func multipart() throws {
        let body =
            "a preamble\r\n" + part(#"Content-Disposition: form-data; name="title""#, "a\r\n--X\r\nb")
            + part("content-disposition: form-data; name=cv; filename=\"my \\\"cv\\\"; 2.pdf\"\r\nContent-Type: application/pdf", "%PDF")
            + part(#"Content-Disposition: form-data; name="empty"; filename="""#, "")
            + part(#"Content-Disposition: form-data; name="up"; filename="../../etc/passwd""#, "") + "--XX--\r\nan epilogue"
        let request = request(#"Multipart/Form-Data; charset=utf-8; boundary="XX""#, body)
        let form = try request.form()
        #expect(form.fields.map(\.name) == ["title"] && form.fields.map(\.value) == ["a\r\n--X\r\nb"])
        #expect(
            form.files == [
                UploadedFile(name: "cv", filename: "my \"cv\"; 2.pdf", contentType: "application/pdf", bytes: Array("%PDF".utf8)),
                UploadedFile(name: "up", filename: "passwd", contentType: "application/octet-stream", bytes: []),
            ])
        #expect(try request.file("cv")?.contentType == "application/pdf")
        #expect(try request.file("title") == nil)
        #expect(try request.json()["title"]?.string == "a\r\n--X\r\nb")
    }

    static let head = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n"

    @Test(
        "A body that is no multipart is refused",
        arguments: [
            "", "nothing", "--XX", "--XX-x\r\n", head, head + "\r\n1", head + "\r\n1\r\n--XX", head + "\r\n1\r\n--XXjunk",
            "--XX\r\nnonsense\r\n\r\n1\r\n--XX--", "--XX\r\n\r\n1\r\n--XX--", "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--",
            "--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XX--",
            "--XX\r\nX: " + String(repeating: "a", count: 9_000) + "\r\n\r\n1\r\n--XX--",
            String(repeating: head + "\r\n1\r\n", count: 201) + "--XX--",
        ])
    func broken(_ body: String) {
        let bytes = Array(body.utf8)
        #expect(throws: HTTPError.self) { try FormData(multipart: bytes, boundary: "XX") }
    }

    @Test("A boundary is 1 to 200 bytes", arguments: [nil, "", String(repeating: "b", count: 201)])
    func boundaries(_ boundary: String?) {
        #expect(throws: HTTPError.badRequest(detail: "Multipart form parse error - Invalid boundary in multipart: \(boundary ?? "None")")) {
            try FormData(multipart: [1], boundary: boundary)
        }
    }

    @Test("A multipart body may have no part, and a part no content")
    func emptyMultipart() throws {
        #expect(try FormData(multipart: Array("--XX--".utf8), boundary: "XX").fields.isEmpty)
        let empty = try FormData(multipart: Array((Self.head + "\r\n\r\n--XX--").utf8), boundary: "XX")
        #expect(empty.fields.map(\.value) == [""])
    }

    @Test("An urlencoded body, with escapes that are broken or no UTF-8")
    func urlencoded() throws {
        let form = try request("application/x-www-form-urlencoded", "a=%41%zz%4&b=%ff&&c=1=2&%63=+").form()
        #expect(form.fields.map(\.name) == ["a", "b", "c", "c"])
        #expect(form.fields.map(\.value) == ["A%zz%4", "\u{FFFD}", "1=2", " "])
        #expect(
            form.object
                == .object(
                    JSONObject([("a", .string("A%zz%4")), ("b", .string("\u{FFFD}")), ("c", .array([.string("1=2"), .string(" ")]))])))
    }

    @Test("A body of another kind has no form; an empty one is an empty object")
    func otherBodies() throws {
        #expect(try request("application/json", #"{"a":1}"#).form().fields.isEmpty)
        #expect(try request("multipart/form-data; boundary=x", "").json() == .object(JSONObject()))
        #expect(try request("application/json", "[1]").json() == .array([.number("1")]))
        #expect(throws: HTTPError.malformedJSON("Expecting value: line 1 column 1 (char 0)")) {
            try request("application/json", "x").json()
        }
        #expect(throws: HTTPError.notAuthenticated) { try request("", "").requireCaller() }
    }

    @Test("Text that is encoded for a form reads back", arguments: ["", "a b+c", "ü&=%", "_.-~", "日本"])
    func encoding(_ text: String) {
        #expect(PercentCoding.decodeForm(PercentCoding.encodeForm(text)[...].utf8) == text)
    }

    @Test("A query gives its last value, and all of them")
    func queries() {
        let request = HTTPRequest(method: "GET", path: "/", rawQuery: "a=1&b&a=2", received: Timestamp(seconds: 0))
        #expect(request.query("a") == "2" && request.query("b") == "" && request.query("c") == nil)
        #expect(request.queryAll("a") == ["1", "2"])
        #expect(HTTPRequest(method: "GET", path: "/", received: Timestamp(seconds: 0)).query("a") == nil)
    }
}
