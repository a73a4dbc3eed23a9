/// What a route gives back: a status, headers of its own, and a body, whole or made while it is sent.
///
/// What every answer carries (security headers, request id, length) is added when it is sent.
package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var contentType: String?
    package var body: [UInt8]
    /// In the place of `body`, one that is made while it is sent.
    package var stream: HTTPBodyStream?
    /// For a 101: what the connection becomes.
    var upgrade: SocketUpgrade?

    package init(status: Int, headers: [(name: String, value: String)] = [], contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.contentType = contentType
        self.body = body
    }

    package static func json(_ status: Int = 200, _ body: (inout JSONWriter) throws -> Void) rethrows -> HTTPAnswer {
        var writer = JSONWriter()
        try body(&writer)
        return HTTPAnswer(status: status, contentType: "application/json", body: writer.bytes)
    }

    package static func empty(_ status: Int = 204) -> HTTPAnswer {
        HTTPAnswer(status: status)
    }

    package static func text(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: type, body: Array(text.utf8))
    }

    package static func bytes(_ body: [UInt8], type: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: type, body: body)
    }

    /// An answer whose body is made while it is sent. It can be longer than the memory, and it can last.
    package static func stream(_ stream: HTTPBodyStream, type: String, status: Int = 200) -> HTTPAnswer {
        var answer = HTTPAnswer(status: status, contentType: type)
        answer.stream = stream
        return answer
    }

    /// The same answer with one more header.
    package func with(_ name: String, _ value: String) -> HTTPAnswer {
        var answer = self
        answer.headers.append((name, value))
        return answer
    }

    /// The first header of that name, without regard to case.
    package func header(_ name: String) -> String? {
        headers.first { ASCIIText.equalIgnoringCase($0.name, name) }?.value
    }
}
