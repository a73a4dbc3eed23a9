import Testing

@testable import Platform

@Suite struct ResourceTests {
    private let minimal: [(String, JSONValue)] = [("title", "abc"), ("email", "a@example.org"), ("count", 4)]

    private func errors(_ body: JSONValue, _ mode: Resource<Widget>.Mode = .create) -> ValidationErrors {
        var widget = Widget()
        do throws(ValidationErrors) {
            try Widget.resource.decode(body, into: &widget, mode: mode)
            return ValidationErrors()
        } catch {
            #expect(widget.title == "old", "a refused body must leave the value alone")
            return error
        }
    }

    private func decoded(_ more: (String, JSONValue)..., mode: Resource<Widget>.Mode = .create) throws -> Widget {
        var widget = Widget()
        try Widget.resource.decode(.object(JSONObject(minimal + more)), into: &widget, mode: mode)
        return widget
    }

    @Test(
        "a body that is no object is an error of the whole",
        arguments: [([], "list"), ("x", "str"), (1, "int"), (1.5, "float"), (true, "bool"), (.null, "NoneType")] as [(JSONValue, String)])
    func notAnObject(body: JSONValue, type: String) {
        let message = "Invalid data. Expected a dictionary, but got \(type)."
        #expect(errors(body) == ValidationErrors(object: message))
        #expect(errors(body, .update)["non_field_errors"] == [message])
    }

    @Test("required fields must be there, except in an update", arguments: [Resource<Widget>.Mode.create, .replace])
    func required(mode: Resource<Widget>.Mode) throws {
        let errors = errors([:], mode)
        #expect(errors.entries.map(\.field) == ["title", "email", "count"])
        #expect(errors.entries.allSatisfy { $0.messages == ["This field is required."] })
        #expect(self.errors([:], .update).isEmpty)
    }

    @Test("all errors are reported at once, in the order of the fields")
    func allAtOnce() {
        let errors = errors(["count": "x", "email": "a", "title": "abcdef\0", "level": "boss"])
        var writer = JSONWriter()
        errors.writeBody(into: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"title":["Ensure this field has no more than 5 characters.","Null characters are not allowed."],"#
                + #""email":["Enter a valid email address."],"level":["\"boss\" is not a valid choice."],"#
                + #""count":["A valid integer is required."]}"#)
        #expect(errors.status == 400)
        #expect(errors.headers.isEmpty)
    }

    @Test(
        "null is an error where a value is needed",
        arguments: [
            "title", "code", "email", "link", "level", "count", "ratio", "is_active", "owner", "due", "skills", "extra", "secret",
        ])
    func nullRefused(field: String) {
        #expect(errors(.object(JSONObject([(field, .null)])), .update)[field] == ["This field may not be null."])
    }

    @Test("null empties what may be empty")
    func nullTaken() throws {
        var widget = try decoded(
            ("subtitle", "s"), ("site", "http://a.example"), ("stage", "mid"), ("salary", 15), ("score", 0.25),
            ("job", .string(Widget.someone.description)), ("closed", "2026-01-01T00:00Z"), ("details", [1]))
        #expect(widget.subtitle == "s" && widget.site == "http://a.example" && widget.stage == "mid" && widget.salary == 15)
        #expect(widget.score == 0.25 && widget.job == Widget.someone && widget.closed != nil && widget.details == [1])
        let names = ["subtitle", "site", "stage", "salary", "score", "job", "closed", "details"]
        try Widget.resource.decode(.object(JSONObject(names.map { ($0, .null) })), into: &widget, mode: .update)
        #expect(widget.subtitle == nil && widget.site == nil && widget.stage == nil && widget.salary == nil)
        #expect(widget.score == nil && widget.job == nil && widget.closed == nil && widget.details == nil)
    }

    @Test("null is refused by an optional that a client may not empty")
    func nullableFalse() {
        let resource = Resource<Widget>(
            name: "Widget", fields: [.text("subtitle", nullable: false, get: { $0.subtitle }, set: { $0.subtitle = $1 })])
        var widget = Widget()
        #expect(throws: ValidationErrors("subtitle", "This field may not be null.")) {
            try resource.decode(["subtitle": .null], into: &widget, mode: .update)
        }
    }

    @Test("unknown and read-only names are passed over, and the last of two counts")
    func passedOver() throws {
        let widget = try decoded(("id", "x"), ("views", "many"), ("nothing", .null), ("title", "new"), ("secret", "s3"))
        #expect(widget.views == 3)
        #expect(widget.title == "new")
        #expect(widget.secret == "s3")
    }

    @Test("missing optional fields keep what they had", arguments: [Resource<Widget>.Mode.create, .replace, .update])
    func kept(mode: Resource<Widget>.Mode) throws {
        let widget = try decoded(mode: mode)
        #expect(widget.level == "mid" && widget.ratio == 0.5 && widget.link.isEmpty)
    }

    @Test("reads every kind of field")
    func kinds() throws {
        let widget = try decoded(
            ("title", 1234), ("code", " x "), ("link", ""), ("level", "entry"), ("count", "7"), ("ratio", "0.75"), ("is_active", "yes"),
            ("owner", .string(Widget.someone.description.uppercased())), ("due", "2026-11-23T09:20"), ("skills", ["a ", 5]),
            ("extra", ["k": [1, .null]]))
        #expect(widget.title == "1234" && widget.code == " x " && widget.link.isEmpty && widget.level == "entry" && widget.count == 7)
        #expect(widget.ratio == 0.75 && widget.isActive && widget.owner == Widget.someone && widget.due.iso == "2026-11-23T09:20:00Z")
        #expect(widget.skills == ["a", "5"] && widget.extra == ["k": [1, .null]])
    }

    @Test("writes every readable field in order")
    func writing() {
        var writer = JSONWriter()
        Widget.resource.write(Widget(), into: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"id":9,"title":"old","subtitle":null,"code":"","email":"","link":"","site":null,"level":"mid","stage":null,"#
                + #""count":1,"salary":null,"ratio":0.5,"score":null,"is_active":false,"owner":"\#(Widget.someone)","job":null,"#
                + #""due":"1970-01-01T00:00:00Z","closed":null,"skills":[],"extra":null,"details":null,"views":3}"#)
    }

    @Test("writes what it has read, and its fields among others")
    func writingAgain() throws {
        let widget = try decoded(
            ("subtitle", "s"), ("salary", 15), ("score", 0.25), ("job", .string(Widget.someone.description)),
            ("closed", "2026-01-01T00:00Z"), ("skills", ["a", "b"]), ("details", ["x": 1]), ("code", "c"), ("extra", 0))
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("before", 1)
            Widget.resource.writeFields(widget, into: &writer)
            writer.field("after", 2)
        }
        let written = try JSONValue.parse(writer.bytes)
        #expect(written["before"] == 1 && written["after"] == 2 && written["secret"] == nil)
        var again = Widget()
        try Widget.resource.decode(written, into: &again, mode: .replace)
        #expect(again.subtitle == "s" && again.salary == 15 && again.score == 0.25 && again.job == Widget.someone)
        #expect(again.closed == widget.closed && again.skills == ["a", "b"] && again.details == ["x": 1])
    }

    @Test("keeps the description for the documents made from it")
    func schemas() throws {
        let schemas = Dictionary(uniqueKeysWithValues: Widget.resource.fields.map { ($0.schema.name, $0.schema) })
        let title = try #require(schemas["title"])
        #expect(title.kind == .text && title.isRequired && !title.isNullable && title.maximumLength == 5 && title.minimumLength == 2)
        let level = try #require(schemas["level"])
        #expect(level.kind == .choice(["entry", "mid"]) && !level.isRequired && level.defaultValue == "mid")
        let count = try #require(schemas["count"])
        #expect(count.minimum == 0 && count.maximum == 2_147_483_647)
        #expect(schemas["stage"]?.isNullable == true && schemas["stage"]?.allowsBlank == true)
        #expect(schemas["skills"]?.maximumItems == 2 && schemas["skills"]?.maximumLength == 3)
        #expect(schemas["id"]?.isWritable == false && schemas["id"]?.kind == .integer)
        #expect(schemas["views"]?.isWritable == false && schemas["views"]?.isRequired == false)
        #expect(schemas["secret"]?.isReadable == false)
    }
}
