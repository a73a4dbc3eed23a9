/// The description of the whole API in OpenAPI 3.0.3, made from the route table and the resources.
package struct OpenAPIDocument: Sendable {
    package static let yamlType = "application/vnd.oai.openapi"
    package static let jsonType = "application/vnd.oai.openapi+json"

    package let json: [UInt8]
    package let yaml: [UInt8]

    /// Of the routes below `/api/`, in the table's order.
    package init(title: String, version: String, description: String, routes: [Route]) {
        var components = SchemaComponents()
        var paths: [(path: String, methods: JSONObject)] = []
        for route in routes where route.pattern.hasPrefix("/api/v1/") {
            let operation = OperationWriter(route: route).json(&components)
            let index = paths.firstIndex { $0.path == route.pattern } ?? paths.count
            if index == paths.count { paths.append((route.pattern, JSONObject())) }
            paths[index].methods.append(route.method.lowercased(), operation)
        }
        let responses = CommonAnswers.components(&components)
        let document = JSONValue.object(
            JSONObject([
                ("openapi", "3.0.3"),
                (
                    "info",
                    .object(
                        JSONObject([("title", .string(title)), ("version", .string(version)), ("description", .string(description))]))
                ),
                ("servers", [["url": "/"]]),
                ("paths", .object(JSONObject(paths.map { ($0.path, .object($0.methods)) }))),
                (
                    "components",
                    .object(
                        JSONObject([
                            ("schemas", .object(components.schemas)), ("responses", responses),
                            ("securitySchemes", ["bearerAuth": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]]),
                        ]))
                ),
            ]))
        json = document.bytes
        yaml = YAMLText.bytes(of: document)
    }
}

/// One route as an operation object.
struct OperationWriter {
    let route: Route

    func json(_ components: inout SchemaComponents) -> JSONValue {
        var object = JSONObject([
            ("operationId", .string(Self.identifier(of: route))), ("summary", .string(route.summary)), ("tags", [.string(tag)]),
        ])
        let parameters = pathParameters(&components) + queryParameters(&components) + headerParameters
        if !parameters.isEmpty { object.append("parameters", .array(parameters)) }
        if let body = route.operation.body { object.append("requestBody", requestBody(body, &components)) }
        object.append("responses", .object(responses(&components)))
        switch route.access {
        case .anyone: object.append("security", .array([]))
        case .anyoneChecked: object.append("security", [[:], ["bearerAuth": []]])
        case .account, .staff: object.append("security", [["bearerAuth": []]])
        }
        return .object(object)
    }

    /// What the document groups by: the segment behind the version.
    private var tag: String { Self.segments(of: route).first ?? "site" }

    private static func segments(of route: Route) -> [String] { route.pattern.split(separator: "/").dropFirst(2).map(String.init) }

    /// `auth_profiles_id_update`: the path's words and what the method does.
    static func identifier(of route: Route) -> String {
        let words = segments(of: route).map { segment in
            segment.unicodeScalars.filter { $0 != "{" && $0 != "}" }.map { $0 == "-" ? "_" : Character($0) }
        }.map { String($0) }
        let endsInParameter = route.pattern.hasSuffix("}/")
        let verb =
            switch route.method {
            case "GET": endsInParameter ? "retrieve" : "list"
            case "POST": "create"
            case "PUT": "update"
            case "PATCH": "partial_update"
            case "DELETE": "destroy"
            default: route.method.lowercased()
            }
        return (words + [verb]).joined(separator: "_")
    }

    private func pathParameters(_ components: inout SchemaComponents) -> [JSONValue] {
        route.pattern.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            let schema = (route.operation.path[name] ?? .uuid).json(&components)
            return .object(JSONObject([("name", .string(name)), ("in", "path"), ("required", true), ("schema", schema)]))
        }
    }

    private func queryParameters(_ components: inout SchemaComponents) -> [JSONValue] {
        route.operation.query.map { parameter in
            .object(
                JSONObject([
                    ("name", .string(parameter.name)), ("in", "query"), ("description", .string(parameter.description)),
                    ("schema", parameter.schema.json(&components)),
                ]))
        }
    }

    private var headerParameters: [JSONValue] {
        guard route.idempotent else { return [] }
        let description = "A repeat with the same key gets the first answer again and changes nothing."
        return [
            .object(
                JSONObject([
                    ("name", "Idempotency-Key"), ("in", "header"), ("description", .string(description)),
                    ("schema", ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"]),
                ]))
        ]
    }

    /// JSON first; a form says the same, unless the route is for uploads.
    private func requestBody(_ schema: JSONSchema, _ components: inout SchemaComponents) -> JSONValue {
        let json = schema.json(&components)
        let content = route.body.parses.map { ($0, JSONValue.object(JSONObject([("schema", json)]))) }
        let isRequired = JSONValue.bool(route.body == .multipart || Self.hasRequiredMember(schema))
        return .object(JSONObject([("required", isRequired), ("content", .object(JSONObject(content)))]))
    }

    private static func hasRequiredMember(_ schema: JSONSchema) -> Bool {
        switch schema {
        case .object(let members): members.contains(where: \.isRequired)
        case .named(_, let schema): hasRequiredMember(schema)
        default: false
        }
    }

    private func responses(_ components: inout SchemaComponents) -> JSONObject {
        // Two with the same status are one that has several forms.
        var documented: [(status: Int, description: String, content: [(String, JSONValue)])] = []
        for answer in route.operation.answers {
            let json = answer.schema?.json(&components)
            let content = json.map { json in answer.mediaTypes.map { ($0, JSONValue.object(JSONObject([("schema", json)]))) } } ?? []
            if let place = documented.firstIndex(where: { $0.status == answer.status }) {
                documented[place].content += content
            } else {
                documented.append((answer.status, answer.description, content))
            }
        }
        var responses: [(Int, JSONValue)] = documented.map { answer in
            var object = JSONObject([("description", .string(answer.description))])
            if !answer.content.isEmpty { object.append("content", .object(JSONObject(answer.content))) }
            return (answer.status, .object(object))
        }
        for answer in CommonAnswers.of(route) where !responses.contains(where: { $0.0 == answer.status }) {
            responses.append((answer.status, JSONSchema.reference("responses", answer.name)))
        }
        return JSONObject(responses.sorted { $0.0 < $1.0 }.map { (String($0.0), $0.1) })
    }
}
