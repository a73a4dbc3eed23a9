/// A reader of a body that is no resource, such as that of a login: a few fields by name, all errors at once.
///
///     var reader = BodyReader(try request.json())
///     let email = reader.text("email")
///     let session = reader.optionalIdentifier("session_id")
///     try reader.finish()
///
/// What a call returns may be used only after `finish` has not thrown: until then a wrong or missing field
/// stands as an empty text, a zero or the default.
package struct BodyReader {
    package private(set) var errors = ValidationErrors()
    /// Nil if the body is no object, which is then the only error.
    private let object: JSONObject?

    package init(_ body: JSONValue) {
        object = body.object
        if object == nil { errors = ValidationErrors(object: FieldMessage.notObject(body)) }
    }

    /// Throws everything that was found wrong, if anything was.
    package func finish() throws(ValidationErrors) {
        try errors.check()
    }

    /// Adds an error of the caller's own.
    package mutating func add(_ field: String, _ message: String) {
        errors.add(field, message)
    }

    /// Whether the body names the field, be it with `null`.
    package func has(_ name: String) -> Bool { object?[name] != nil }

    package mutating func text(_ name: String, min: Int? = nil, max: Int? = nil, blank: Bool = false, trim: Bool = true) -> String {
        read(name, TextRule(minimum: min, maximum: max, allowsBlank: blank, trims: trim)) ?? ""
    }

    /// Nil where the field is absent or null.
    package mutating func optionalText(
        _ name: String, min: Int? = nil, max: Int? = nil, blank: Bool = true, trim: Bool = true
    ) -> String? {
        read(name, TextRule(minimum: min, maximum: max, allowsBlank: blank, trims: trim), required: false, nullable: true)
    }

    package mutating func email(_ name: String, max: Int = 254) -> String {
        read(name, TextRule(maximum: max, form: .email)) ?? ""
    }

    package mutating func optionalURL(_ name: String, max: Int = 200, blank: Bool = true) -> String? {
        read(name, TextRule(maximum: max, allowsBlank: blank, form: .url), required: false, nullable: true)
    }

    package mutating func choice(_ name: String, _ choices: [String]) -> String {
        read(name, ChoiceRule(choices: choices)) ?? ""
    }

    package mutating func choice(_ name: String, _ choices: [String], default word: String) -> String {
        read(name, ChoiceRule(choices: choices), required: false) ?? word
    }

    package mutating func integer(_ name: String, range: ClosedRange<Int> = 0...2_147_483_647) -> Int {
        read(name, IntegerRule(range: range)) ?? 0
    }

    package mutating func integer(_ name: String, range: ClosedRange<Int> = 0...2_147_483_647, default number: Int) -> Int {
        read(name, IntegerRule(range: range), required: false) ?? number
    }

    package mutating func optionalInteger(_ name: String, range: ClosedRange<Int> = 0...2_147_483_647) -> Int? {
        read(name, IntegerRule(range: range), required: false, nullable: true)
    }

    package mutating func boolean(_ name: String) -> Bool {
        read(name, BooleanRule()) ?? false
    }

    package mutating func boolean(_ name: String, default flag: Bool) -> Bool {
        read(name, BooleanRule(), required: false) ?? flag
    }

    /// A required identifier. There is no harmless stand-in for one, so it comes as a result to be unwrapped
    /// with `get()` after `finish`.
    package mutating func identifier(_ name: String) -> Result<Identifier, ValidationErrors> {
        read(name, IdentifierRule()).map { .success($0) } ?? .failure(errors)
    }

    package mutating func optionalIdentifier(_ name: String) -> Identifier? {
        read(name, IdentifierRule(), required: false, nullable: true)
    }

    package mutating func optionalDatetime(_ name: String) -> Timestamp? {
        read(name, DatetimeRule(), required: false, nullable: true)
    }

    package mutating func textList(_ name: String, maxItems: Int? = nil, maxLength: Int? = nil) -> [String] {
        read(name, TextListRule(maximumItems: maxItems, item: TextRule(maximum: maxLength))) ?? []
    }

    package mutating func optionalTextList(_ name: String, maxItems: Int? = nil, maxLength: Int? = nil) -> [String]? {
        read(name, TextListRule(maximumItems: maxItems, item: TextRule(maximum: maxLength)), required: false, nullable: true)
    }

    package mutating func optionalJSON(_ name: String) -> JSONValue? {
        read(name, JSONRule(), required: false, nullable: true)
    }

    private mutating func read<Rule: FieldRule>(
        _ name: String, _ rule: Rule, required: Bool = true, nullable: Bool = false
    ) -> Rule.Output? {
        guard let object else { return nil }
        guard let value = object[name] else {
            if required { errors.add(name, FieldMessage.required) }
            return nil
        }
        if value.isNull {
            if !nullable { errors.add(name, FieldMessage.null) }
            return nil
        }
        do throws(FieldProblem) {
            return try rule.read(value)
        } catch {
            errors.add(name, error.messages)
            return nil
        }
    }
}
