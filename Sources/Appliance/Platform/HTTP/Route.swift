/// What bodies a route reads.
package enum BodyKind: Sendable {
    /// JSON, urlencoded or multipart: three spellings of the same fields.
    case json
    /// Multipart only: an upload. Its body may be as long as an upload may be.
    case multipart
    /// The route reads no body, so none is judged.
    case none

    var parses: [String] {
        switch self {
        case .json: ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        case .multipart: ["multipart/form-data"]
        case .none: []
        }
    }
}

/// One row of the route table: a method and a path, who may use it, what it reads, and what it does.
///
/// A pattern's segments are literal text or `{name}`, which matches one segment that is not empty. It is written
/// with its trailing slash; requests match with and without.
package struct Route: Sendable {
    package typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPAnswer

    package let method: String
    package let pattern: String
    package let access: Access
    package let body: BodyKind
    /// Whether an `Idempotency-Key` is honoured.
    package let idempotent: Bool
    package let summary: String
    /// The media types that the route can answer with, the usual one first; `Accept` is judged against them.
    package let produces: [String]
    /// Which bucket its requests are counted in; nil counts them nowhere.
    package private(set) var rateClass: RateClass?
    /// What the API's document says of it.
    package var operation = Operation()
    package let handler: Handler
    /// Set for a route that speaks WebSocket and nothing else; then `handler` is never called.
    package private(set) var socket: SocketHandler?

    package init(
        method: String, pattern: String, access: Access = .account, body: BodyKind = .json, idempotent: Bool = false, summary: String,
        produces: [String] = ["application/json"], handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.body = body
        self.idempotent = idempotent
        self.summary = summary
        self.produces = produces
        rateClass = ["GET", "HEAD"].contains(method) ? .reading : .writing
        self.handler = handler
    }

    /// The same route, counted in another class than its method says, or with nil in none.
    package func counted(as rateClass: RateClass?) -> Route {
        var copy = self
        copy.rateClass = rateClass
        return copy
    }

    package static func get(
        _ pattern: String, access: Access = .account, summary: String, produces: [String] = ["application/json"], handler: @escaping Handler
    ) -> Route {
        Route(method: "GET", pattern: pattern, access: access, body: .none, summary: summary, produces: produces, handler: handler)
    }

    /// A WebSocket. Who asks for it is found in `Authorization`, in the subprotocol or in the query, and refused with 403.
    package static func socket(_ pattern: String, access: Access = .account, summary: String, handler: @escaping SocketHandler) -> Route {
        var route = get(pattern, access: access, summary: summary) { _ in throw SocketRefusal.notAnUpgrade }
        route.socket = handler
        return route
    }

    package static func post(
        _ pattern: String, access: Access = .account, body: BodyKind = .json, idempotent: Bool = false, summary: String,
        handler: @escaping Handler
    ) -> Route {
        Route(method: "POST", pattern: pattern, access: access, body: body, idempotent: idempotent, summary: summary, handler: handler)
    }

    package static func put(
        _ pattern: String, access: Access = .account, body: BodyKind = .json, summary: String, handler: @escaping Handler
    ) -> Route {
        Route(method: "PUT", pattern: pattern, access: access, body: body, summary: summary, handler: handler)
    }

    package static func patch(
        _ pattern: String, access: Access = .account, body: BodyKind = .json, summary: String, handler: @escaping Handler
    ) -> Route {
        Route(method: "PATCH", pattern: pattern, access: access, body: body, summary: summary, handler: handler)
    }

    package static func delete(
        _ pattern: String, access: Access = .account, body: BodyKind = .none, summary: String, handler: @escaping Handler
    ) -> Route {
        Route(method: "DELETE", pattern: pattern, access: access, body: body, summary: summary, handler: handler)
    }
}
