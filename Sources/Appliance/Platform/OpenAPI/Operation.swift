/// What the document says of a route beyond its row in the table.
package struct Operation: Sendable {
    /// A field of the query.
    package struct Parameter: Sendable {
        package let name: String
        package let schema: JSONSchema
        let description: String

        package init(_ name: String, _ schema: JSONSchema, _ description: String) {
            self.name = name
            self.schema = schema
            self.description = description
        }
    }

    /// One way in which a route answers.
    struct Answer: Sendable {
        let status: Int
        let description: String
        /// Nil for an answer without a body.
        let schema: JSONSchema?
        let mediaTypes: [String]
    }

    package fileprivate(set) var query: [Parameter] = []
    package fileprivate(set) var body: JSONSchema?
    var answers: [Answer] = []
    /// The schemas of the path's parameters that are no UUIDs.
    var path: [String: JSONSchema] = [:]

    package init() {}

    /// Whether it says what a success looks like.
    package var isDocumented: Bool { answers.contains { $0.status < 400 } }
}

extension Route {
    /// The route reads these fields of the query.
    package func asks(_ parameters: Operation.Parameter...) -> Route { documented { $0.query += parameters } }

    /// The route reads a body of this form.
    package func takes(_ schema: JSONSchema) -> Route { documented { $0.body = schema } }

    /// The route answers so.
    package func returns(
        _ status: Int = 200, _ schema: JSONSchema?, _ description: String = "Done.", as mediaTypes: [String] = ["application/json"]
    ) -> Route {
        documented { $0.answers.append(Operation.Answer(status: status, description: description, schema: schema, mediaTypes: mediaTypes)) }
    }

    /// A parameter of the path is something other than a UUID.
    package func names(_ parameter: String, _ schema: JSONSchema) -> Route { documented { $0.path[parameter] = schema } }

    private func documented(_ change: (inout Operation) -> Void) -> Route {
        var copy = self
        change(&copy.operation)
        return copy
    }
}

extension Operation.Parameter {
    package static let page = Operation.Parameter("page", .integer(1...2_147_483_647), "Which page, from 1; `last` is the last one.")
    package static func pageSize(_ standard: Int, maximum: Int) -> Operation.Parameter {
        Operation.Parameter("page_size", .integer(1...maximum), "Items on a page; \(standard) if not given, \(maximum) at most.")
    }
}
