/// What JSON looks like: a schema object of OpenAPI 3.0.3, as far as this server needs one.
package indirect enum JSONSchema: Sendable, Equatable {
    /// A value that is not put together from others, with the keywords that describe it.
    case simple(JSONObject)
    case object([Member])
    /// An object with any names, whose values are alike.
    case map(JSONSchema)
    case array(JSONSchema, maximumItems: Int? = nil)
    case nullable(JSONSchema)
    case anyOf([JSONSchema])
    /// A schema that the document keeps under this name and refers to.
    case named(String, JSONSchema)

    package struct Member: Sendable, Equatable {
        package let name: String
        package let schema: JSONSchema
        package var isRequired = true
        package var isReadOnly = false

        package init(_ name: String, _ schema: JSONSchema, isRequired: Bool = true, isReadOnly: Bool = false) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.isReadOnly = isReadOnly
        }
    }
}

// MARK: - The simple ones

extension JSONSchema {
    private static func simple(_ type: String, _ more: [(String, JSONValue)] = []) -> JSONSchema {
        .simple(JSONObject([("type", .string(type))] + more))
    }

    package static let text = simple("string")
    package static let uuid = simple("string", [("format", "uuid")])
    package static let datetime = simple("string", [("format", "date-time")])
    package static let boolean = simple("boolean")
    package static let integer = simple("integer")
    package static let number = simple("number")
    package static let file = simple("string", [("format", "binary")])
    /// JSON of any shape.
    package static let anything = JSONSchema.simple(JSONObject())

    package static func text(min: Int? = nil, max: Int? = nil, format: String? = nil) -> JSONSchema {
        var more: [(String, JSONValue)] = []
        if let format { more.append(("format", .string(format))) }
        if let min { more.append(("minLength", .integer(min))) }
        if let max { more.append(("maxLength", .integer(max))) }
        return simple("string", more)
    }

    package static func choice(_ words: [String]) -> JSONSchema { simple("string", [("enum", .list(words))]) }

    package static func integer(_ range: ClosedRange<Int>) -> JSONSchema {
        simple("integer", [("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))])
    }

    /// The envelope of a list that comes page by page.
    package static func page(of item: JSONSchema) -> JSONSchema {
        .object([
            Member("count", .integer), Member("next", .nullable(.text(format: "uri"))), Member("previous", .nullable(.text(format: "uri"))),
            Member("results", .array(item)),
        ])
    }
}

// MARK: - Writing

extension JSONSchema {
    /// The schema object; what has a name goes to `components`, once, and is referred to.
    func json(_ components: inout SchemaComponents) -> JSONValue {
        switch self {
        case .simple(let keywords):
            return .object(keywords)
        case .object(let members):
            var properties = JSONObject()
            for member in members { properties.append(member.name, Self.json(of: member, &components)) }
            var object = JSONObject([("type", "object"), ("properties", .object(properties))])
            let required = members.filter(\.isRequired).map(\.name)
            if !required.isEmpty { object.append("required", .list(required)) }
            return .object(object)
        case .map(let value):
            return .object(JSONObject([("type", "object"), ("additionalProperties", value.json(&components))]))
        case .array(let item, let maximum):
            var array = JSONObject([("type", "array"), ("items", item.json(&components))])
            if let maximum { array.append("maxItems", .integer(maximum)) }
            return .object(array)
        case .nullable(let schema):
            return .object(Self.nullable(schema.json(&components)))
        case .anyOf(let schemas):
            return .object(JSONObject([("anyOf", .array(schemas.map { $0.json(&components) }))]))
        case .named(let name, let schema):
            components.add(name) { schema.json(&$0) }
            return Self.reference("schemas", name)
        }
    }

    static func reference(_ kind: String, _ name: String) -> JSONValue {
        .object(JSONObject([("$ref", .string("#/components/\(kind)/\(name)"))]))
    }

    private static func json(of member: Member, _ components: inout SchemaComponents) -> JSONValue {
        let json = member.schema.json(&components)
        guard member.isReadOnly else { return json }
        var object = beside(json)
        object.append("readOnly", true)
        return .object(object)
    }

    private static func nullable(_ json: JSONValue) -> JSONObject {
        var object = beside(json)
        object.append("nullable", true)
        // A list of words forbids null even where `nullable` allows it, unless it is one of the words.
        guard let words = object["enum"]?.array else { return object }
        return JSONObject(object.members.map { ($0.key, $0.key == "enum" ? .array(words + [.null]) : $0.value) })
    }

    /// What keywords can be added to: version 3.0 ignores whatever stands beside a reference.
    private static func beside(_ json: JSONValue) -> JSONObject {
        guard let object = json.object, object["$ref"] == nil else { return JSONObject([("allOf", .array([json]))]) }
        return object
    }
}

/// The named schemas of a document, in the order in which they were first met.
struct SchemaComponents {
    private(set) var schemas = JSONObject()
    private var names: Set<String> = []

    mutating func add(_ name: String, _ make: (inout SchemaComponents) -> JSONValue) {
        guard names.insert(name).inserted else { return }
        let schema = make(&self)
        schemas.append(name, schema)
    }
}
