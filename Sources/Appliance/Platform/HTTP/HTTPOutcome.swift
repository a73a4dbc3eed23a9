import NIOCore

/// An answer with what every answer carries: the last form of a response before its bytes.
package struct HTTPOutcome: Sendable {
    package var answer: HTTPAnswer
    package let requestID: String
    /// The origin that may read it from a browser.
    package let allowedOrigin: String?
    package let isPreflight: Bool
    /// Whether `Cache-Control: no-store` is added.
    package let isPrivate: Bool
    package let strictTransportSecurity: Bool
    /// What the limiter said, for routes that are limited.
    package var verdict: RateLimiter.Verdict?
    /// For a streaming answer: to be called once, when it has ended, with the bytes that its body had.
    var ended: @Sendable (Int) -> Void = { _ in }

    private static let securityHeaders: StaticString =
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"

    /// Whether a status has a body, and with it a length, at all (RFC 9110, 6.4.1).
    package var mayHaveBody: Bool {
        answer.status >= 200 && answer.status != 204 && answer.status != 304
    }

    /// Writes the header lines, the empty line, and the body: all of a response but its first line.
    ///
    /// The constant lines are one copy, the others are appended; no list of headers is built. The body of a streaming answer
    /// comes afterwards, in chunks or, for HTTP/1.0, up to the end of the connection.
    func write(into buffer: inout ByteBuffer, date: [UInt8], isHead: Bool, inChunks: Bool = true) {
        buffer.writeBytes(date)
        if mayHaveBody {
            if let type = answer.contentType { Self.write("Content-Type: ", type, into: &buffer) }
            if answer.stream == nil {
                buffer.writeStaticString("Content-Length: ")
                buffer.writeString(String(answer.body.count))
                buffer.writeStaticString("\r\n")
            } else if inChunks {
                buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
            }
        }
        Self.write("X-Request-ID: ", requestID, into: &buffer)
        buffer.writeStaticString(Self.securityHeaders)
        buffer.writeStaticString(isPreflight ? "Vary: origin\r\n" : "Vary: Accept, origin\r\n")
        if let allowedOrigin {
            Self.write("Access-Control-Allow-Origin: ", allowedOrigin, into: &buffer)
            buffer.writeStaticString("Access-Control-Allow-Credentials: true\r\n")
        }
        if isPrivate { buffer.writeStaticString("Cache-Control: no-store\r\n") }
        if strictTransportSecurity {
            buffer.writeStaticString("Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n")
        }
        if let verdict { Self.write(verdict, into: &buffer) }
        for (name, value) in answer.headers {
            buffer.writeString(name)
            Self.write(": ", value, into: &buffer)
        }
        buffer.writeStaticString("\r\n")
        if mayHaveBody, !isHead { buffer.writeBytes(answer.body) }
    }

    /// The limit and what is left of it, as the IETF's draft of these fields has them
    /// (draft-ietf-httpapi-ratelimit-headers-10): seconds, rounded up.
    private static func write(_ verdict: RateLimiter.Verdict, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("RateLimit-Policy: \"")
        buffer.writeString(verdict.rateClass.name)
        buffer.writeStaticString("\";q=")
        buffer.writeString(String(verdict.limit))
        buffer.writeStaticString(";w=60\r\nRateLimit: \"")
        buffer.writeString(verdict.rateClass.name)
        buffer.writeStaticString("\";r=")
        buffer.writeString(String(verdict.decision.remaining))
        buffer.writeStaticString(";t=")
        buffer.writeString(String((verdict.decision.untilFull + 999_999) / 1_000_000))
        buffer.writeStaticString("\r\n")
    }

    /// Writes a value and ends its line. A control character in it could end the line early and begin another
    /// header, so each becomes a space.
    private static func write(_ start: StaticString, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(start)
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            buffer.writeString(value)
        } else {
            buffer.writeBytes(value.utf8.map { $0 >= 0x20 && $0 != 0x7F ? $0 : UInt8(ascii: " ") })
        }
        buffer.writeStaticString("\r\n")
    }
}

/// The `Date` line of responses, made anew once a second.
struct HTTPDateLine {
    private var second: Int64 = .min
    private var line: [UInt8] = []

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    mutating func bytes(at time: Timestamp) -> [UInt8] {
        if time.seconds != second {
            second = time.seconds
            line = Array("Date: \(Self.text(time))\r\n".utf8)
        }
        return line
    }

    /// `Mon, 23 Nov 2026 09:20:12 GMT`.
    static func text(_ time: Timestamp) -> String {
        let civil = CivilTime(time)
        let two = { (number: Int) in number < 10 ? "0\(number)" : String(number) }
        let date = "\(days[civil.weekday - 1]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year)"
        return "\(date) \(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }
}
