/// The refusals that any route can answer with: section 1 of the contract, as the document's `responses`.
enum CommonAnswers {
    struct Common: Sendable {
        let status: Int
        let name: String
        let description: String
        let schema: JSONSchema
    }

    /// A sentence for people, and a word for programs where there is one.
    private static let refusal = JSONSchema.named(
        "Refusal",
        .object([
            JSONSchema.Member("detail", .text), JSONSchema.Member("code", .text, isRequired: false),
            JSONSchema.Member("error_code", .text, isRequired: false),
            JSONSchema.Member("messages", .array(.map(.text)), isRequired: false),
        ]))

    /// Each field with its messages; a few older routes say `error` instead.
    private static let invalid = JSONSchema.named("Invalid", .map(.anyOf([.text, .array(.text)])))

    private static let badRequest = Common(status: 400, name: "BadRequest", description: "The request is not right.", schema: invalid)
    private static let unauthorized = Common(
        status: 401, name: "Unauthorized", description: "No token, or one that does not hold.", schema: refusal)
    private static let forbidden = Common(status: 403, name: "Forbidden", description: "Not for this account.", schema: refusal)
    private static let notFound = Common(
        status: 404, name: "NotFound", description: "There is nothing of that name, or it is somebody else's.",
        schema: .anyOf([refusal, .object([JSONSchema.Member("error", .text)])]))
    private static let notAcceptable = Common(
        status: 406, name: "NotAcceptable", description: "The answer cannot be had in the wanted form.", schema: refusal)
    private static let conflict = Common(
        status: 409, name: "Conflict", description: "A request with this Idempotency-Key is still in progress.", schema: refusal)
    private static let tooLarge = Common(status: 413, name: "TooLarge", description: "The body is too large.", schema: refusal)
    private static let wrongType = Common(
        status: 415, name: "UnsupportedMediaType", description: "The body's type is not read here.", schema: refusal)
    private static let otherRequest = Common(
        status: 422, name: "KeyUsed", description: "The Idempotency-Key was used for another request.", schema: refusal)
    private static let throttled = Common(
        status: 429, name: "Throttled", description: "Too many requests; Retry-After says when to come again.", schema: refusal)
    private static let unavailable = Common(
        status: 503, name: "Unavailable", description: "Not now; Retry-After says when to come again.", schema: refusal)

    private static let all = [
        badRequest, unauthorized, forbidden, notFound, notAcceptable, conflict, tooLarge, wrongType, otherRequest, throttled, unavailable,
    ]

    static func of(_ route: Route) -> [Common] {
        var answers = [badRequest, forbidden, notAcceptable, unavailable]
        if route.access != .anyone { answers.append(unauthorized) }
        if route.pattern.contains("{") || route.operation.query.contains(where: { $0.name == "page" }) { answers.append(notFound) }
        if route.body != .none { answers += [tooLarge, wrongType] }
        if route.idempotent { answers += [conflict, otherRequest] }
        if route.rateClass != nil { answers.append(throttled) }
        return answers
    }

    static func components(_ components: inout SchemaComponents) -> JSONValue {
        var responses = JSONObject()
        for answer in all {
            let content: JSONValue = ["application/json": .object(JSONObject([("schema", answer.schema.json(&components))]))]
            responses.append(answer.name, .object(JSONObject([("description", .string(answer.description)), ("content", content)])))
        }
        return .object(responses)
    }
}
