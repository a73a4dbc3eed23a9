import Testing

@testable import Appliance
@testable import Platform

@Suite("Chat answer builder")
struct ChatAnswerBuilderTests {
    @Test("keeps several tool calls apart, with and without their place")
    func toolCalls() throws {
        var builder = ChatAnswerBuilder(model: "m")
        let pieces: [JSONValue] = [
            [["index": 0, "id": "a", "function": ["name": "one", "arguments": "{"]]],
            [["id": "b", "function": ["name": "two", "arguments": "["]]],
            [["index": 0, "function": ["arguments": "}"]], ["function": ["arguments": "]"]]],
        ]
        for piece in pieces { _ = try builder.add(chunk: ["choices": [["delta": ["tool_calls": piece]]]]) }
        let answer = try builder.finish()
        #expect(answer.model == "m")
        #expect(
            answer.toolCalls == [
                ProviderToolCall(id: "a", name: "one", arguments: "{}"), ProviderToolCall(id: "b", name: "two", arguments: "[]"),
            ])
    }

    @Test("refuses more tool calls than make sense")
    func tooManyToolCalls() throws {
        var builder = ChatAnswerBuilder(model: "m")
        let call: JSONValue = ["id": "x", "function": ["name": "f"]]
        let calls = [JSONValue](repeating: call, count: ChatAnswerBuilder.maximumToolCalls)
        _ = try builder.add(chunk: ["choices": [["delta": ["tool_calls": .array(calls)]]]])
        #expect(throws: ProviderFailure.failed(detail: "a tool call is out of place")) {
            try builder.add(chunk: ["choices": [["delta": ["tool_calls": [call]]]]])
        }
    }

    @Test(
        "takes a number of tokens for none where no model can mean it",
        arguments: [
            ("0", 0), ("18", 18), ("1e3", 1000), ("100000000", 100_000_000), ("100000001", nil), ("9223372036854775807", nil),
            ("1e30", nil), ("-1", nil), ("2.5", nil), (#""18""#, nil), ("null", nil),
        ] as [(String, Int?)])
    func tokens(text: String, expected: Int?) throws {
        var builder = ChatAnswerBuilder(model: "m")
        let usage = #"{"prompt_tokens":\#(text),"completion_tokens":\#(text)}"#
        let whole = #"{"choices":[{"message":{"content":"Yes."}}],"usage":\#(usage)}"#
        _ = try builder.add(whole: try JSONValue.parse(Array(whole.utf8)))
        let answer = try builder.finish()
        #expect(answer.promptTokens == expected && answer.completionTokens == expected)
    }
}

@Suite("Event stream parser")
struct SSEParserTests {
    private func events(_ text: String, step: Int) throws -> [String] {
        var parser = SSEParser()
        var events: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try parser.feed(Array(rest.prefix(step))).map { String(decoding: $0, as: UTF8.self) }
            rest = rest.dropFirst(step)
        }
        return events
    }

    @Test(
        "gives the same events however the bytes are cut",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]), ("data: a\r\rdata: b\r\r", ["a", "b"]),
            ("data:a\ndata:  b\ndata\n\n", ["a\n b\n"]), ("\u{FEFF}data: a\n\n", ["a"]), (": ping\n\nevent: x\nid: 1\nretry: 5\n\n", []),
            ("event: x\ndata: a\n\n", ["a"]), ("data: a\n", []), ("data: a", []), ("data:\n\n", [""]), ("datax: a\n\n", []),
            ("data: é\u{1F600}\n\n", ["é\u{1F600}"]), ("\n\n\ndata: a\n\n\n", ["a"]), ("data: x:y\n\n", ["x:y"]),
        ])
    func events(text: String, expected: [String]) throws {
        for step in [1, 2, 3, 1000] { #expect(try events(text, step: step) == expected) }
    }

    @Test("bounds a line and an event")
    func bounds() throws {
        var longLine = SSEParser(maximumLineBytes: 8, maximumEventBytes: 100)
        #expect(try longLine.feed(Array("data: ab\n\n".utf8)) == [Array("ab".utf8)])
        #expect(throws: SSEParser.TooLong()) { try longLine.feed(Array("data: abc".utf8)) }
        var longEvent = SSEParser(maximumLineBytes: 100, maximumEventBytes: 4)
        #expect(throws: SSEParser.TooLong()) { try longEvent.feed(Array("data: ab\ndata: cd\n".utf8)) }
    }
}
