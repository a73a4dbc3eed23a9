// What a resource's fields say, as schemas.

extension Resource {
    /// What the server answers with. Every readable field is always there.
    package var schema: JSONSchema {
        .named(
            name,
            .object(
                fields.map(\.schema).filter(\.isReadable).map {
                    JSONSchema.Member($0.name, $0.valueSchema(forReading: true), isReadOnly: !$0.isWritable)
                }))
    }

    /// What a client sends: to create or replace, or with `asUpdate` to change some fields.
    package func bodySchema(asUpdate: Bool = false) -> JSONSchema {
        .named(
            (asUpdate ? "Patched" : "") + name + "Request",
            .object(
                fields.map(\.schema).filter(\.isWritable).map {
                    JSONSchema.Member($0.name, $0.valueSchema(forReading: false), isRequired: $0.isRequired && !asUpdate)
                }))
    }
}

extension FieldSchema {
    /// The schema of the field's value. What is stored was checked when it came, but perhaps by an older rule, so
    /// what is read promises types and no limits.
    func valueSchema(forReading: Bool) -> JSONSchema {
        let schema = forReading ? readSchema : writeSchema
        return isNullable ? .nullable(schema) : schema
    }

    private var readSchema: JSONSchema {
        switch kind {
        case .text, .email, .url, .choice: .text
        case .identifier: .uuid
        case .datetime: .datetime
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .textList: .array(.text)
        case .json: .anything
        case .object: .map(.anything)
        case .objectList: .array(.map(.anything))
        }
    }

    private var writeSchema: JSONSchema {
        switch kind {
        case .text: limited(.string("string"), [], text: true)
        case .email: limited(.string("string"), [("format", "email")], text: true)
        case .url: limited(.string("string"), [("format", "uri")], text: true)
        case .identifier: .uuid
        case .datetime: .datetime
        case .choice(let words): limited("string", [("enum", .list(allowsBlank ? words + [""] : words))], text: false)
        case .integer: limited("integer", [], text: false)
        case .number: limited("number", [], text: false)
        case .boolean: limited("boolean", [], text: false)
        case .textList: .array(.text(min: 1, max: maximumLength), maximumItems: maximumItems)
        case .json: .anything
        case .object: .map(.anything)
        case .objectList: .array(.map(.anything))
        }
    }

    private func limited(_ type: JSONValue, _ keywords: [(String, JSONValue)], text: Bool) -> JSONSchema {
        var all = [("type", type)] + keywords
        if text {
            let least = max(minimumLength ?? 0, allowsBlank ? 0 : 1)
            if least > 0 { all.append(("minLength", .integer(least))) }
            if let maximumLength { all.append(("maxLength", .integer(maximumLength))) }
        }
        if let minimum { all.append(("minimum", Self.number(minimum))) }
        if let maximum { all.append(("maximum", Self.number(maximum))) }
        if let defaultValue { all.append(("default", defaultValue)) }
        return .simple(JSONObject(all))
    }

    private static func number(_ value: Double) -> JSONValue { Int(exactly: value).map { .integer($0) } ?? .decimal(value) }
}
