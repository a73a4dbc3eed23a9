import Testing

@testable import Platform

@Suite struct BodyReaderTests {
    private let identifier = Widget.someone

    @Test("reads fields of every kind")
    func reads() throws {
        var reader = BodyReader([
            "text": " a ", "email": "a@example.org", "url": "http://a.example", "word": "b", "count": "3", "flag": "yes",
            "id": .string(identifier.description), "due": "2026-11-23T09:20Z", "list": ["a", 1], "json": [1], "note": 5,
        ])
        #expect(reader.text("text") == "a")
        #expect(reader.optionalText("note") == "5")
        #expect(reader.email("email") == "a@example.org")
        #expect(reader.optionalURL("url") == "http://a.example")
        #expect(reader.choice("word", ["a", "b"]) == "b")
        #expect(reader.choice("word", ["a", "b"], default: "a") == "b")
        #expect(reader.integer("count") == 3)
        #expect(reader.integer("count", default: 8) == 3)
        #expect(reader.optionalInteger("count") == 3)
        #expect(reader.boolean("flag") == true)
        #expect(reader.boolean("flag", default: false) == true)
        let required = reader.identifier("id")
        #expect(reader.optionalIdentifier("id") == identifier)
        #expect(reader.optionalDatetime("due")?.iso == "2026-11-23T09:20:00Z")
        #expect(reader.textList("list") == ["a", "1"])
        #expect(reader.optionalTextList("list") == ["a", "1"])
        #expect(reader.optionalJSON("json") == [1])
        #expect(reader.has("text") && !reader.has("other"))
        try reader.finish()
        #expect(try required.get() == identifier)
    }

    @Test("fields that may be missing give nil or the default")
    func missing() throws {
        var reader = BodyReader(["null": .null])
        #expect(reader.optionalText("x") == nil && reader.optionalText("null") == nil)
        #expect(reader.optionalURL("x") == nil)
        #expect(reader.choice("x", ["a"], default: "a") == "a")
        #expect(reader.integer("x", default: 8) == 8)
        #expect(reader.optionalInteger("null") == nil)
        #expect(reader.boolean("x", default: true) == true)
        #expect(reader.optionalIdentifier("null") == nil)
        #expect(reader.optionalDatetime("x") == nil)
        #expect(reader.optionalTextList("x") == nil)
        #expect(reader.optionalJSON("null") == nil)
        #expect(reader.has("null"))
        try reader.finish()
    }

    @Test("all errors are gathered before any is thrown")
    func errors() throws {
        var reader = BodyReader(["blank": " ", "null": .null, "long": "abc", "flag": .null])
        #expect(reader.text("none").isEmpty)
        #expect(reader.text("blank").isEmpty)
        #expect(reader.text("null").isEmpty)
        #expect(reader.text("long", max: 2).isEmpty)
        #expect(reader.email("mail").isEmpty)
        #expect(reader.choice("word", ["a"]).isEmpty)
        #expect(reader.integer("count") == 0)
        #expect(reader.boolean("answer") == false)
        #expect(reader.boolean("flag", default: true) == true)
        #expect(reader.textList("list").isEmpty)
        let id = reader.identifier("id")
        reader.add("long", "Too dull.")
        let errors = try #require(throws: ValidationErrors.self) { try reader.finish() }
        let missing = ["none", "mail", "word", "count", "answer", "list", "id"]
        #expect(missing.allSatisfy { errors[$0] == ["This field is required."] })
        #expect(errors["blank"] == ["This field may not be blank."])
        #expect(errors["null"] == ["This field may not be null."])
        #expect(errors["flag"] == ["This field may not be null."])
        #expect(errors["long"] == ["Ensure this field has no more than 2 characters.", "Too dull."])
        #expect(throws: ValidationErrors.self) { try id.get() }
    }

    @Test("a body that is no object is the only error")
    func notAnObject() {
        var reader = BodyReader(["a"])
        _ = reader.text("email")
        _ = reader.identifier("id")
        #expect(!reader.has("email"))
        #expect(reader.errors == ValidationErrors(object: "Invalid data. Expected a dictionary, but got list."))
    }
}
