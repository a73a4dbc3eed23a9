import Testing

@testable import Platform

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    private func reason(_ bytes: [UInt8]) -> String? {
        do throws(JSONError) {
            _ = try JSONValue.parse(bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        "reads every kind of value",
        arguments: [
            ("null", .null), (" true ", true), ("false\n", false), ("\"\"", ""), ("[]", []), ("[ ]", []), ("{}", [:]), ("{ }", [:]),
            ("\t[1 ,\r\n2]", [1, 2]), ("{\"a\":{\"b\":[null]}}", ["a": ["b": [.null]]]),
            ("{ \"a\" : 1 , \"b\" : \"x\" }", ["a": 1, "b": "x"]),
        ] as [(String, JSONValue)])
    func values(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    @Test(
        "keeps the text of a number",
        arguments: ["0", "-0", "7", "-12", "1.50", "0.1", "1e5", "1E+05", "2.5e-3", "9223372036854775808", "1e999"])
    func numbers(text: String) throws {
        #expect(try parse(text) == .number(text))
        #expect(try parse("[\(text)]") == [.number(text)])
    }

    @Test(
        "reads escapes",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""a\u0041b""#, "aAb"), (#""\u00e9\u00E9""#, "éé"),
            (#""\u20AC uro""#, "€ uro"), (#""\ud83d\ude00!""#, "😀!"), (#""\u0000""#, "\0"), (#""\ud7ff\ue000""#, "\u{D7FF}\u{E000}"),
            ("\"é€😀\"", "é€😀"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ])
    func escapes(text: String, expected: String) throws {
        #expect(try parse(text).string == expected)
    }

    @Test(
        "says what is wrong and where, as Python does",
        arguments: [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("  \n ", "Expecting value: line 2 column 2 (char 4)"),
            ("nul", "Expecting value: line 1 column 1 (char 0)"),
            ("tru", "Expecting value: line 1 column 1 (char 0)"),
            ("falsy", "Expecting value: line 1 column 1 (char 0)"),
            ("truex", "Extra data: line 1 column 5 (char 4)"),
            ("{} {}", "Extra data: line 1 column 4 (char 3)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
            ("1.", "Extra data: line 1 column 2 (char 1)"),
            ("1e", "Extra data: line 1 column 2 (char 1)"),
            ("1.5e+", "Extra data: line 1 column 4 (char 3)"),
            ("-", "Expecting value: line 1 column 1 (char 0)"),
            ("[-a]", "Expecting value: line 1 column 2 (char 1)"),
            ("+1", "Expecting value: line 1 column 1 (char 0)"),
            (".5", "Expecting value: line 1 column 1 (char 0)"),
            ("[", "Expecting value: line 1 column 2 (char 1)"),
            ("[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
            ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
            ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
            ("[01]", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
            ("[1}", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
            ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("{a:1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("{'a':1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
            ("{\"a\"", "Expecting ':' delimiter: line 1 column 5 (char 4)"),
            ("{\"a\":}", "Expecting value: line 1 column 6 (char 5)"),
            ("{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
            ("{\"a\":1\n\"b\":2}", "Expecting ',' delimiter: line 2 column 1 (char 7)"),
            ("{\"é\":€}", "Expecting value: line 1 column 6 (char 5)"),
            ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("[\"a\\", "Unterminated string starting at: line 1 column 2 (char 1)"),
            ("\"a\\n", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"),
            ("\"\\t\tb\"", "Invalid control character at: line 1 column 4 (char 3)"),
            ("\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"),
            ("\"\\u12G4\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\u123", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\u1234", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\ud83d\"", "Unpaired surrogate in \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\ud83dx\"", "Unpaired surrogate in \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\ud83d\\n\"", "Unpaired surrogate in \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\ud83d\\u0041\"", "Unpaired surrogate in \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\"\\ude00\"", "Unpaired surrogate in \\uXXXX escape: line 1 column 3 (char 2)"),
            ("\u{FEFF}{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
            ("NaN", "Out of range float values are not JSON compliant: 'NaN'"),
            ("[Infinity]", "Out of range float values are not JSON compliant: 'Infinity'"),
            ("{\"a\":-Infinity}", "Out of range float values are not JSON compliant: '-Infinity'"),
        ])
    func errors(text: String, expected: String) {
        #expect(reason(Array(text.utf8)) == expected)
    }

    @Test(
        "refuses what is not UTF-8",
        arguments: [
            ([0xFF], "0xff in position 1: invalid start byte"),
            ([0x80], "0x80 in position 1: invalid start byte"),
            ([0xC0, 0xAF], "0xc0 in position 1: invalid start byte"),
            ([0xC3, 0x28], "0xc3 in position 1: invalid continuation byte"),
            ([0xE0, 0x80, 0x80], "0xe0 in position 1: invalid continuation byte"),
            ([0xE2, 0x82], "0xe2 in position 1: invalid continuation byte"),
            ([0xED, 0xA0, 0x80], "0xed in position 1: invalid continuation byte"),
            ([0xF0, 0x80, 0x80, 0x80], "0xf0 in position 1: invalid continuation byte"),
            ([0xF1, 0x80, 0x80, 0x41], "0xf1 in position 1: invalid continuation byte"),
            ([0xF4, 0x90, 0x80, 0x80], "0xf4 in position 1: invalid continuation byte"),
            ([0xF5, 0x80, 0x80, 0x80], "0xf5 in position 1: invalid start byte"),
        ] as [([UInt8], String)])
    func encoding(bytes: [UInt8], expected: String) {
        #expect(reason([0x22] + bytes + [0x22]) == "'utf-8' codec can't decode byte " + expected)
    }

    @Test("refuses a text that breaks off within a character")
    func brokenOff() {
        #expect(reason([0x22, 0xE2, 0x82]) == "'utf-8' codec can't decode byte 0xe2 in position 1: unexpected end of data")
    }

    @Test("limits the depth of nesting")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] { Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8) }
        #expect(reason(nested(32)) == nil)
        #expect(reason(nested(33)) == "Nesting deeper than 32 levels: line 1 column 33 (char 32)")
        #expect(
            reason(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == "Nesting deeper than 32 levels: line 1 column 33 (char 32)")
        #expect(throws: JSONError(reason: "Nesting deeper than 1 levels: line 1 column 6 (char 5)")) {
            try JSONValue.parse(Array("{\"a\":{}}".utf8), maximumDepth: 1)
        }
    }

    @Test("keeps members in order, and the last of two with one name counts")
    func members() throws {
        let object = try #require(try parse(#"{"b":1,"a":2,"b":3}"#).object)
        #expect(object.keys == ["b", "a", "b"])
        #expect(object["b"] == 3)
        #expect(object["c"] == nil)
    }

    @Test("reads back what the writer writes, whatever it is", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = JSONGenerator(seed: UInt64(seed))
        let value = random.value(depth: 5)
        #expect(try JSONValue.parse(value.bytes) == value)
    }

    @Test("ends on any bytes with a value or a reason", arguments: 0..<100)
    func damage(seed: Int) throws {
        var random = JSONGenerator(seed: UInt64(seed) &+ 9_000)
        let bytes = random.value(depth: 5).bytes
        for _ in 0..<50 {
            var damaged = bytes
            for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
            damaged.removeLast(random.below(damaged.count))
            let reason = reason(damaged)
            #expect(reason != "")
            if reason == nil {
                let value = try JSONValue.parse(damaged)
                #expect(try JSONValue.parse(value.bytes) == value)
            }
        }
    }
}
