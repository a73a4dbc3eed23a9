// Builders of fields that hold text.

extension Field {
    package static func text(
        _ name: String, max: Int? = nil, min: Int? = nil, required: Bool = true, blank: Bool = false, trim: Bool = true,
        default defaultValue: JSONValue? = nil, get: Getter<String>? = nil, set: Setter<String>? = nil
    ) -> Field {
        let rule = TextRule(minimum: min, maximum: max, allowsBlank: blank, trims: trim)
        return Field(schema(name, .text, rule, required, defaultValue), rule, get: get, set: set)
    }

    package static func text(
        _ name: String, max: Int? = nil, min: Int? = nil, required: Bool = true, nullable: Bool, blank: Bool = false, trim: Bool = true,
        default defaultValue: JSONValue? = nil, get: Getter<String?>? = nil, set: Setter<String?>? = nil
    ) -> Field {
        let rule = TextRule(minimum: min, maximum: max, allowsBlank: blank, trims: trim)
        return Field(schema(name, .text, rule, required, defaultValue), nullable: nullable, rule, get: get, set: set)
    }

    package static func email(
        _ name: String, max: Int = 254, required: Bool = true, blank: Bool = false, default defaultValue: JSONValue? = nil,
        get: Getter<String>? = nil, set: Setter<String>? = nil
    ) -> Field {
        let rule = TextRule(maximum: max, allowsBlank: blank, form: .email)
        return Field(schema(name, .email, rule, required, defaultValue), rule, get: get, set: set)
    }

    package static func url(
        _ name: String, max: Int = 200, required: Bool = true, blank: Bool = false, default defaultValue: JSONValue? = nil,
        get: Getter<String>? = nil, set: Setter<String>? = nil
    ) -> Field {
        let rule = TextRule(maximum: max, allowsBlank: blank, form: .url)
        return Field(schema(name, .url, rule, required, defaultValue), rule, get: get, set: set)
    }

    package static func url(
        _ name: String, max: Int = 200, required: Bool = true, nullable: Bool, blank: Bool = false, default defaultValue: JSONValue? = nil,
        get: Getter<String?>? = nil, set: Setter<String?>? = nil
    ) -> Field {
        let rule = TextRule(maximum: max, allowsBlank: blank, form: .url)
        return Field(schema(name, .url, rule, required, defaultValue), nullable: nullable, rule, get: get, set: set)
    }

    package static func choice(
        _ name: String, _ choices: [String], required: Bool = true, allowBlank: Bool = false, default defaultValue: JSONValue? = nil,
        get: Getter<String>? = nil, set: Setter<String>? = nil
    ) -> Field {
        let rule = ChoiceRule(choices: choices, allowsBlank: allowBlank)
        return Field(schema(name, rule, required, defaultValue), rule, get: get, set: set)
    }

    package static func choice(
        _ name: String, _ choices: [String], required: Bool = true, nullable: Bool, allowBlank: Bool = false,
        default defaultValue: JSONValue? = nil, get: Getter<String?>? = nil, set: Setter<String?>? = nil
    ) -> Field {
        let rule = ChoiceRule(choices: choices, allowsBlank: allowBlank)
        return Field(schema(name, rule, required, defaultValue), nullable: nullable, rule, get: get, set: set)
    }

    package static func textList(
        _ name: String, maxItems: Int? = nil, maxLength: Int? = nil, required: Bool = true, default defaultValue: JSONValue? = nil,
        get: Getter<[String]>? = nil, set: Setter<[String]>? = nil
    ) -> Field {
        let rule = TextListRule(maximumItems: maxItems, item: TextRule(maximum: maxLength))
        var schema = schema(name, .textList, rule.item, required, defaultValue)
        schema.maximumItems = maxItems
        return Field(schema, rule, get: get, set: set)
    }

    private static func schema(
        _ name: String, _ kind: FieldSchema.Kind, _ rule: TextRule, _ required: Bool, _ defaultValue: JSONValue?
    ) -> FieldSchema {
        var schema = FieldSchema(name, kind)
        schema.isRequired = required
        schema.allowsBlank = rule.allowsBlank
        schema.minimumLength = rule.minimum
        schema.maximumLength = rule.maximum
        schema.defaultValue = defaultValue
        return schema
    }

    private static func schema(_ name: String, _ rule: ChoiceRule, _ required: Bool, _ defaultValue: JSONValue?) -> FieldSchema {
        var schema = FieldSchema(name, .choice(rule.choices))
        schema.isRequired = required
        schema.allowsBlank = rule.allowsBlank
        schema.defaultValue = defaultValue
        return schema
    }
}
