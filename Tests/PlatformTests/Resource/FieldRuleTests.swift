import Testing

@testable import Platform

@Suite struct FieldRuleTests {
    /// What a rule made of a value: its JSON, or the messages.
    private func outcome<Rule: FieldRule>(_ rule: Rule, _ value: JSONValue) -> (String, [String]) {
        do throws(FieldProblem) {
            var writer = JSONWriter()
            rule.write(try rule.read(value), into: &writer)
            return (String(decoding: writer.bytes, as: UTF8.self), [])
        } catch {
            return ("", error.messages)
        }
    }

    private func messages<Rule: FieldRule>(_ rule: Rule, _ value: JSONValue) -> [String] { outcome(rule, value).1 }

    @Test(
        "text takes strings and numbers and trims them",
        arguments: [
            ("abc", "abc"), ("  a b \n", "a b"), ("\u{A0}\u{2003}é\u{1F}", "é"), (5, "5"), (1.50, "1.5"), (.number("1e2"), "100.0"),
            (.number("12345678901234567890"), "12345678901234567890"), ("a ", "a"),
        ] as [(JSONValue, String)])
    func text(value: JSONValue, expected: String) throws {
        #expect(try TextRule().read(value) == expected)
    }

    @Test("text refuses booleans and structures", arguments: [true, false, [], ["a"], [:]] as [JSONValue])
    func notText(value: JSONValue) {
        #expect(messages(TextRule(allowsBlank: true), value) == ["Not a valid string."])
    }

    @Test("blank text is refused or passes unchecked", arguments: ["", "  ", "\t\u{2003}\n"])
    func blank(text: String) throws {
        #expect(messages(TextRule(minimum: 3), .string(text)) == ["This field may not be blank."])
        #expect(try TextRule(minimum: 3, allowsBlank: true).read(.string(text)).isEmpty)
        #expect(messages(TextRule(trims: false), .string(text)) == ["This field may not be blank."])
        #expect(try TextRule(allowsBlank: true, trims: false).read(.string(text)) == text)
    }

    @Test("length counts Unicode scalars after trimming")
    func length() {
        let rule = TextRule(minimum: 2, maximum: 3)
        #expect(messages(rule, " abc ").isEmpty)
        #expect(messages(rule, "abcd") == ["Ensure this field has no more than 3 characters."])
        #expect(messages(rule, "a") == ["Ensure this field has at least 2 characters."])
        #expect(messages(rule, "😀é€").isEmpty)
        #expect(messages(rule, "e\u{301}e\u{301}") == ["Ensure this field has no more than 3 characters."])
        #expect(messages(rule, "e\u{301}").isEmpty)
    }

    @Test("NUL is refused beside everything else that is wrong")
    func nul() {
        #expect(messages(TextRule(), "a\0b") == ["Null characters are not allowed."])
        #expect(
            messages(TextRule(maximum: 2, form: .email), "a\0b")
                == [
                    "Ensure this field has no more than 2 characters.", "Null characters are not allowed.", "Enter a valid email address.",
                ])
    }

    @Test(
        "integers come as numbers, whole floats and text",
        arguments: [
            (0, 0), (7, 7), (2_147_483_647, 2_147_483_647), (.number("3.0"), 3), (.number("1e3"), 1000), (.number("-0"), 0), ("12", 12),
            (" 12 ", 12), ("+5", 5), ("007", 7), ("1.", 1), ("4.00", 4), ("-0", 0),
        ] as [(JSONValue, Int)])
    func integers(value: JSONValue, expected: Int) throws {
        #expect(try IntegerRule().read(value) == expected)
    }

    @Test(
        "what is no integer is refused",
        arguments: [
            1.5, true, "", "x", "1.5", "1e3", "1.5e1", "--1", "+-1", "-", ".0", "0x10", "1 2", [], [:], .number("1e999"), .number("1e16"),
            "٣",
        ] as [JSONValue])
    func notIntegers(value: JSONValue) {
        #expect(messages(IntegerRule(), value) == ["A valid integer is required."])
    }

    @Test("integers keep to their limits, however large")
    func integerLimits() {
        let tooSmall = ["Ensure this value is greater than or equal to 0."]
        let tooLarge = ["Ensure this value is less than or equal to 2147483647."]
        #expect(messages(IntegerRule(), -1) == tooSmall)
        #expect(messages(IntegerRule(), "-99999999999999999999") == tooSmall)
        #expect(messages(IntegerRule(), 2_147_483_648) == tooLarge)
        #expect(messages(IntegerRule(), .number("99999999999999999999")) == tooLarge)
        #expect(messages(IntegerRule(range: 1...50), 0) == ["Ensure this value is greater than or equal to 1."])
        #expect(messages(IntegerRule(), .string(String(repeating: "1", count: 1_001))) == ["String value too large."])
        #expect(outcome(IntegerRule(range: -5...5), -3).0 == "-3")
    }

    @Test(
        "numbers come as numbers and text",
        arguments: [(1, 1), (0.25, 0.25), (.number("1e3"), 1000), ("0.5", 0.5), (" -2 ", -2), ("1e2", 100)] as [(JSONValue, Double)])
    func numbers(value: JSONValue, expected: Double) throws {
        #expect(try NumberRule().read(value) == expected)
    }

    @Test(
        "what is no number is refused",
        arguments: [true, "", "x", "nan", "inf", "-Infinity", "0x1p3", "1e999", .number("1e999"), "1,5", "1 2", "e", [], [:]] as [JSONValue]
    )
    func notNumbers(value: JSONValue) {
        #expect(messages(NumberRule(), value) == ["A valid number is required."])
    }

    @Test("numbers keep to their limits")
    func numberLimits() {
        #expect(messages(NumberRule(range: 0...1), 7) == ["Ensure this value is less than or equal to 1."])
        #expect(messages(NumberRule(range: 0...1), -0.001) == ["Ensure this value is greater than or equal to 0."])
        #expect(messages(NumberRule(range: 0...0.5), 0.75) == ["Ensure this value is less than or equal to 0.5."])
        #expect(messages(NumberRule(), .string(String(repeating: "1", count: 1_001))) == ["String value too large."])
        #expect(outcome(NumberRule(range: 0...1), 1).0 == "1.0")
    }

    @Test("booleans come in the usual forms")
    func booleans() throws {
        for value in [true, 1, 1.0, "true", "True", "TRUE", "t", "yes", "Y", "on", "1"] as [JSONValue] {
            #expect(try BooleanRule().read(value))
        }
        for value in [false, 0, 0.0, "false", "False", "f", "no", "N", "Off", "0"] as [JSONValue] {
            #expect(try !BooleanRule().read(value))
        }
        for value in [2, "", "maybe", " true", "null", [], [:], -1] as [JSONValue] {
            #expect(messages(BooleanRule(), value) == ["Must be a valid boolean."])
        }
        #expect(outcome(BooleanRule(), "on").0 == "true")
    }

    @Test("identifiers are UUIDs")
    func identifiers() {
        let text = "0190163d-8694-739b-aea5-966c26f8ad91"
        for form in [text, text.uppercased(), "0190163d8694739baea5966c26f8ad91"] {
            #expect(outcome(IdentifierRule(), .string(form)).0 == "\"\(text)\"")
        }
        for value in ["", "x", "0190163d-8694-739b-aea5-966c26f8ad9", 5, true, []] as [JSONValue] {
            #expect(messages(IdentifierRule(), value) == ["Must be a valid UUID."])
        }
    }

    @Test("moments are ISO 8601")
    func datetimes() {
        #expect(outcome(DatetimeRule(), "2026-11-23T09:20:12.5+01:00").0 == "\"2026-11-23T08:20:12.500000Z\"")
        let message =
            "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        for value in ["", "2026-11-23", "soon", 5, true, []] as [JSONValue] {
            #expect(messages(DatetimeRule(), value) == [message])
        }
    }

    @Test("a choice is one of its words, and a wrong one is quoted")
    func choices() {
        let rule = ChoiceRule(choices: ["entry", "5"])
        #expect(outcome(rule, "entry").0 == "\"entry\"")
        #expect(outcome(rule, 5).0 == "\"5\"")
        let wrong: [(JSONValue, String)] = [
            ("Entry", "Entry"), ("", ""), (" entry", " entry"), (6, "6"), (true, "True"), (["entry"], "['entry']"), (["a": 1], "{'a': 1}"),
        ]
        for (value, quoted) in wrong { #expect(messages(rule, value) == ["\"\(quoted)\" is not a valid choice."]) }
        #expect(outcome(ChoiceRule(choices: ["a"], allowsBlank: true), "").0 == "\"\"")
        #expect(messages(ChoiceRule(choices: ["a"], allowsBlank: true), " ") == ["\" \" is not a valid choice."])
    }

    @Test("a list of texts checks its items and gives each message once")
    func textLists() {
        let rule = TextListRule(maximumItems: 3, item: TextRule(maximum: 2))
        #expect(outcome(rule, []).0 == "[]")
        #expect(outcome(rule, [" a ", 5]).0 == #"["a","5"]"#)
        let types: [(JSONValue, String)] = [("python", "str"), ([:], "dict"), (5, "int"), (0.5, "float"), (true, "bool")]
        for (value, type) in types { #expect(messages(rule, value) == ["Expected a list of items but got type \"\(type)\"."]) }
        #expect(messages(rule, ["a", true, [], "abc"]) == ["Ensure this field has no more than 3 elements."])
        #expect(messages(rule, [true, [], "abc"]) == ["Not a valid string.", "Ensure this field has no more than 2 characters."])
        #expect(messages(rule, [.null, " "]) == ["This field may not be null.", "This field may not be blank."])
    }

    @Test("JSON of any shape passes, unless no database could hold it")
    func json() {
        for value in [true, 1, "x", [], [:], ["a": [.null, 1.5, ["b": "c"]]]] as [JSONValue] {
            #expect(outcome(JSONRule(), value).0 == String(decoding: value.bytes, as: UTF8.self))
        }
        for value in [.number("1e999"), "\0", ["a", ["\0"]], ["a\0": 1], ["a": [.number("-1e400")]]] as [JSONValue] {
            #expect(messages(JSONRule(), value) == ["Value must be valid JSON."])
        }
    }
}
