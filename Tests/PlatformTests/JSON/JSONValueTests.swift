import Testing

@testable import Platform

@Suite struct JSONValueTests {
    @Test("gives the content of its own kind and nothing of another")
    func accessors() {
        let value: JSONValue = ["s": "x", "i": 3, "d": 1.5, "b": true, "a": [1], "o": [:], "n": .null]
        #expect(value["s"]?.string == "x")
        #expect(value["i"]?.int == 3)
        #expect(value["d"]?.double == 1.5)
        #expect(value["b"]?.bool == true)
        #expect(value["a"]?.array == [1])
        #expect(value["o"]?.object == JSONObject())
        #expect(value["n"]?.isNull == true)
        #expect(value["s"]?.isNull == false)
        #expect(value["x"] == nil)
        #expect(value.string == nil)
        #expect(value.int == nil)
        #expect(value.double == nil)
        #expect(value.bool == nil)
        #expect(value.array == nil)
        #expect(JSONValue.null.object == nil)
        #expect(JSONValue.null["x"] == nil)
    }

    @Test(
        "takes a whole number as an integer in any form",
        arguments: [
            ("3", 3), ("3.0", 3), ("3e0", 3), ("-1.5e1", -15), ("3.5", nil), ("1e30", nil), ("9223372036854775807", .max),
            ("92233720368547758070", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) {
        #expect(JSONValue.number(text).int == expected)
    }

    @Test("gives no double for a number beyond one")
    func doubles() {
        #expect(JSONValue.number("1e999").double == nil)
        #expect(JSONValue.number("-2").double == -2)
    }

    @Test(
        "names types and texts as Python does",
        arguments: [
            (.null, "NoneType", "None"), (true, "bool", "True"), (false, "bool", "False"), (7, "int", "7"), (.number("-0"), "int", "0"),
            (.number("1.50"), "float", "1.5"), (.number("1e3"), "float", "1000.0"), (.number("1E400"), "float", "inf"),
            (.number("-1e400"), "float", "-inf"), ("a'b", "str", "a'b"), ([], "list", "[]"), (["x", 1, .null], "list", "['x', 1, None]"),
            (["a": ["b'c", "d'e\"f"]], "dict", #"{'a': ["b'c", 'd\'e"f']}"#), (["\n\r\t\\é"], "list", #"['\n\r\t\\é']"#),
            (["a": 1, "b": true], "dict", "{'a': 1, 'b': True}"),
        ] as [(JSONValue, String, String)])
    func pythonWords(value: JSONValue, type: String, text: String) {
        #expect(value.typeName == type)
        #expect(value.pythonText == text)
    }
}
