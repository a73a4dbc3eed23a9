import Testing

@testable import Platform

@Suite("The log")
struct LogTests {
    private let lines = LogLines()
    private let clock = ManualClock(Timestamp(seconds: 1_795_425_612))

    private func log(_ format: LogFormat, level: LogLevel = .debug) -> Log {
        Log(level: level, format: format, clock: clock, sink: lines.sink)
    }

    private let time = "2026-11-23T09:20:12Z"

    @Test("A line of text")
    func text() {
        log(.text).info("The server listens.", ["port": .int(8080), "on": .string("127.0.0.1"), "safe": .bool(true), "load": .double(0.5)])
        #expect(lines.lines == ["\(time) info The server listens. port=8080 on=127.0.0.1 safe=true load=0.5\n"])
    }

    @Test("A line of JSON")
    func json() throws {
        log(.json).warning("Slow.", requestID: "r-1", ["seconds": .double(1), "fine": .bool(false), "odd": .double(.nan)])
        let expected = #"{"time":"\#(time)","level":"warning","message":"Slow.","request_id":"r-1","seconds":1.0,"fine":false,"odd":null}"#
        #expect(lines.lines == [expected + "\n"])
    }

    @Test("No text can end its line, close its quotes or turn the reader's screen", arguments: LogFormat.allCases)
    func escaping(_ format: LogFormat) throws {
        let evil = "a\nINFO forged=\"yes\" \\ \r\u{0}\u{1B}[31m\u{85}\u{2028}\u{202E}é日"
        log(format).error(evil, requestID: evil, ["x": .string(evil)])
        let line = try #require(lines.lines.first)
        let escaped = #"a\nINFO forged=\"yes\" \\ \u000d\u0000\u001b[31m\u0085\u2028\u202eé日"#
        #expect(lines.lines.count == 1 && line.filter { $0.isNewline }.count == 1 && line.hasSuffix("\n"))
        #expect(line.components(of: escaped) == 4)
        if format == .json { #expect(try JSONValue.parse(Array(line.utf8))["x"]?.string == evil) }
    }

    @Test("Text that would be read as something else is quoted", arguments: ["", "a b", "a=b", "\"", "é"])
    func quoting(_ value: String) {
        log(.text).info("m", ["x": .string(value)])
        #expect(lines.lines[0].hasSuffix(" x=\"\(value == "\"" ? "\\\"" : value)\"\n"))
    }

    @Test("A long value is cut", arguments: LogFormat.allCases)
    func long(_ format: LogFormat) {
        log(format).info("m", ["x": .string(String(repeating: "a", count: 100_000))])
        #expect(lines.lines[0].utf8.count < 4_300 && lines.lines[0].contains("aaa…\""))
    }

    @Test("The level decides what is written, and both settings can change")
    func levels() {
        let log = log(.text, level: .warning)
        log.debug("no")
        log.info("no")
        log.warning("yes")
        log.access(AccessEntry(requestID: "r", method: "GET", path: "/", status: 200, durationMicroseconds: 1, bytes: 0, client: "-"))
        log.level = .debug
        log.format = .json
        log.debug("and this")
        #expect(log.level == .debug && log.format == .json)
        #expect(lines.lines.count == 2 && lines.lines[0].contains("yes") && lines.lines[1].contains(#""level":"debug""#))
    }

    @Test("The line of a request")
    func access() {
        let id = FakeAuthenticator.caller(1).accountID
        let entry = AccessEntry(
            requestID: "r-1", method: "GET", path: "/api/v1/jobs/", status: 200, durationMicroseconds: 1_250, bytes: 12,
            client: "203.0.113.9",
            account: id)
        log(.json).access(entry)
        log(.text).access(entry)
        let json =
            #"{"time":"\#(time)","level":"info","message":"request","request_id":"r-1","method":"GET","path":"/api/v1/jobs/","status":200,"duration_ms":1.25,"bytes":12,"client":"203.0.113.9","account":"\#(id)"}"#
        let text =
            "\(time) info request request_id=r-1 method=GET path=/api/v1/jobs/ status=200 duration_ms=1.25 bytes=12 client=203.0.113.9 account=\(id)"
        #expect(lines.lines == [json + "\n", text + "\n"])
    }

    @Test("An id as a field, and the standard sink")
    func standardError() {
        let id = FakeAuthenticator.caller(1).accountID
        log(.text).info("m", ["id": .id(id)])
        #expect(lines.lines[0].hasSuffix("id=\(id)\n"))
        Log.standardError([])
    }
}

extension String {
    /// How often a text occurs, plus one.
    fileprivate func components(of text: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
