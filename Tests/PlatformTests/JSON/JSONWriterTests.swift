import Testing

@testable import Platform

@Suite struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) throws -> Void) rethrows -> String {
        var writer = JSONWriter()
        try body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("puts commas where they belong")
    func commas() {
        let written = text { writer in
            writer.object { writer in
                writer.object("empty") { _ in }
                writer.array("none") { _ in }
                writer.array("list") { writer in
                    writer.int(1)
                    writer.array { $0.null() }
                    writer.object { $0.field("a", 1) }
                    writer.string("x")
                    writer.bool(false)
                }
                writer.key("last")
                writer.bool(true)
            }
        }
        #expect(written == #"{"empty":{},"none":[],"list":[1,[null],{"a":1},"x",false],"last":true}"#)
    }

    @Test("writes a field of every type, and null for what is missing")
    func fields() throws {
        let identifier = try #require(Identifier("0190163D-8694-739B-AEA5-966C26F8AD91"))
        let written = text { writer in
            writer.object { writer in
                writer.field("s", "é")
                writer.field("i", 5)
                writer.field("l", Int64.min)
                writer.field("d", 2.0)
                writer.field("b", true)
                writer.field("t", Timestamp(microseconds: 1_500_000))
                writer.field("u", identifier)
                writer.field("j", ["a": [1]] as JSONValue)
                writer.field("a", ["x", "y"])
                writer.field("r", raw: "[1, 2]")
            }
        }
        let expected =
            #"{"s":"é","i":5,"l":-9223372036854775808,"d":2.0,"b":true,"t":"1970-01-01T00:00:01.500000Z","#
            + #""u":"0190163d-8694-739b-aea5-966c26f8ad91","j":{"a":[1]},"a":["x","y"],"r":[1, 2]}"#
        #expect(written == expected)

        let missing = text { writer in
            writer.object { writer in
                writer.field("s", nil as String?)
                writer.field("i", nil as Int?)
                writer.field("l", nil as Int64?)
                writer.field("d", nil as Double?)
                writer.field("b", nil as Bool?)
                writer.field("t", nil as Timestamp?)
                writer.field("u", nil as Identifier?)
                writer.field("j", nil as JSONValue?)
                writer.field("r", raw: nil)
            }
        }
        let nulls = #"{"s":null,"i":null,"l":null,"d":null,"b":null,"t":null,"u":null,"j":null,"r":null}"#
        #expect(missing == nulls)
    }

    @Test("escapes quotes, backslashes and control characters, and nothing else")
    func escaping() {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar(UInt32($0)) }))
        let expected =
            #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
            + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#
        #expect(text { $0.string(controls) } == expected)
        #expect(text { $0.string(#"a"b\c/d"#) } == #""a\"b\\c/d""#)
        #expect(text { $0.string("\u{7F} é€😀\u{2028}") } == "\"\u{7F} é€😀\u{2028}\"")
        #expect(text { $0.object { $0.field("a\"\n", 1) } } == #"{"a\"\n":1}"#)
    }

    @Test(
        "writes integers",
        arguments: [(0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (-90, "-90"), (1_234_567, "1234567"), (.max, "9223372036854775807")])
    func integers(value: Int, expected: String) {
        #expect(text { $0.int(value) } == expected)
        #expect(text { $0.int(Int64(value)) } == expected)
    }

    @Test(
        "writes doubles in their shortest form",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (1e16, "1e+16"), (1e-5, "1e-05"),
            (123_456.75, "123456.75"), (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
        ] as [(Double, String)])
    func doubles(value: Double, expected: String) {
        #expect(text { $0.double(value) } == expected)
        #expect(JSONValue.decimal(value).bytes == Array(expected.utf8))
    }

    @Test("copies what is JSON already")
    func raw() {
        #expect(
            text { writer in
                writer.array { writer in
                    writer.raw("{}")
                    writer.raw(Array("[ 1 ]".utf8))
                    writer.value(.number("1.50"))
                }
            } == "[{},[ 1 ],1.50]")
    }

    @Test("lets an error of the body through")
    func errors() {
        #expect(throws: JSONError.self) {
            _ = try text { writer in
                try writer.object { try $0.object("a") { try $0.array("b") { _ in throw JSONError(reason: "x") } } }
            }
        }
        #expect(throws: JSONError.self) {
            _ = try text { writer in try writer.array { _ in throw JSONError(reason: "x") } }
        }
    }
}
