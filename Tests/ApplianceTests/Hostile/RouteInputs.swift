import Platform

/// Where a route takes input, as it says itself in the API's document: so that a new field is tried without being listed.
struct RouteInputs: Sendable {
    struct Field: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
    }

    let route: Route
    let fields: [Field]
    let query: [String]

    init(_ route: Route) {
        self.route = route
        fields = (route.operation.body?.members ?? []).map { Field(name: $0.name, schema: $0.schema, isRequired: $0.isRequired) }
        query = route.operation.query.map(\.name)
    }

    var name: String { "\(route.method) \(route.pattern)" }
    var takesBody: Bool { route.body != .none }
    var hasParameterInPath: Bool { route.pattern.contains("{") }
    var isForStaff: Bool { route.access == .staff }

    /// A body of JSON: these members, and what else is required, in its right form.
    func body(_ members: [(name: String, json: String)], others: (Field) -> JSONValue) -> [UInt8] {
        let missing = fields.filter { field in field.isRequired && !members.contains { $0.name == field.name } }
        let all = members + missing.map { (name: $0.name, json: others($0).jsonText) }
        return Array(("{" + all.map { JSONValue.string($0.name).jsonText + ":" + $0.json }.joined(separator: ",") + "}").utf8)
    }
}

extension JSONSchema {
    /// Without its name, and without that it may be null.
    private var bare: JSONSchema {
        switch self {
        case .named(_, let schema), .nullable(let schema): schema.bare
        default: self
        }
    }

    var members: [Member] { if case .object(let members) = bare { members } else { [] } }

    private var keywords: JSONObject { if case .simple(let keywords) = bare { keywords } else { JSONObject() } }

    /// What a text may have at most, where that is said.
    var longestText: Int? { keywords["maxLength"]?.int }

    /// Whether texts of any length are taken: also where the value may be of any type.
    var hasNoLongestText: Bool {
        guard case .simple(let keywords) = bare, keywords["enum"] == nil, keywords["format"] == nil else { return false }
        return ["string", nil].contains(keywords["type"]?.string) && keywords["maxLength"] == nil
    }

    var takesLists: Bool {
        switch bare {
        case .array: true
        case .simple(let keywords): keywords["type"] == nil
        default: false
        }
    }

    /// The value as a part of one that the schema might take: in its lists, and as each member of its objects. Nil where
    /// it takes neither.
    func around(_ json: String) -> String? {
        switch bare {
        case .array: "[\(json)]"
        case .object(let members): "{" + members.map { JSONValue.string($0.name).jsonText + ":" + json }.joined(separator: ",") + "}"
        case .map: "{\"a\":\(json)}"
        case .simple(let keywords) where keywords["type"] == nil: "{\"a\":[\(json)]}"
        default: nil
        }
    }

    /// A value that it allows.
    var example: JSONValue {
        if let word = keywords["enum"]?.array?.first { return word }
        switch keywords["type"]?.string {
        case "string": return .string(Self.examples[keywords["format"]?.string ?? ""] ?? "text")
        case "integer", "number": return keywords["minimum"] ?? 1
        case "boolean": return false
        default: if case .array = bare { return [] } else { return [:] }
        }
    }

    private static let examples = [
        "uuid": "01920000-0000-7000-8000-000000000000", "date-time": "2026-01-02T03:04:05Z", "uri": "https://jobs.example.org/1",
        "email": "someone@example.org",
    ]
}
