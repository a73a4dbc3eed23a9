/// From a request to its answer: the route table, and the checks that stand before every route.
///
/// The checks come in the contract's order: unknown route 404, authentication 401, method 405, `Accept` 406, body
/// type 415, rate 429, permission 403; what is left, the validation of fields, is the route's. A preflight is
/// answered before all of them. Whatever is thrown on the way becomes an answer in `ErrorRenderer`, so a
/// request always gets one, and its line in the access log.
package struct Dispatcher: Sendable {
    private let tree: RouteTree
    private let authenticator: any Authenticator
    private let settings: HTTPSettings
    private let idempotency: IdempotencyGuard?
    private let limiter: RateLimiter?
    private let gate: SocketGate
    private let renderer: ErrorRenderer
    let clock: any PlatformClock
    private let random: any RandomSource
    let log: Log
    /// Whether requests without TLS are sent away, as far as the settings say where to.
    private var asksForHTTPS = false
    package let metrics: RequestMetrics
    /// The table as it was given, for documents and tests that go through it.
    package let routes: [Route]

    package init(
        routes: [Route], authenticator: any Authenticator, settings: HTTPSettings, log: Log, clock: any PlatformClock = SystemClock(),
        random: any RandomSource = SystemRandom(), idempotency: (any IdempotencyStore)? = nil, limiter: RateLimiter? = nil,
        sockets: SocketRegistry = SocketRegistry(), socketLimits: SocketLimits = SocketLimits()
    ) throws(RouteTableError) {
        tree = try RouteTree(routes)
        self.routes = routes
        self.authenticator = authenticator
        self.settings = settings
        self.idempotency = idempotency.map { IdempotencyGuard(store: $0, log: log) }
        self.limiter = limiter
        gate = SocketGate(registry: sockets, limits: socketLimits, authenticator: authenticator, limiter: limiter)
        metrics = RequestMetrics(routes: routes)
        renderer = ErrorRenderer(log: log)
        self.clock = clock
        self.random = random
        self.log = log
    }

    /// The same table for a listener without TLS that strangers can reach, in a server that has one with TLS.
    package func askingForHTTPS() -> Dispatcher {
        var copy = self
        copy.asksForHTTPS = true
        return copy
    }

    /// Whether a request goes to a route that takes uploads, whose body may be longer.
    func takesUpload(method: String, target: String) -> Bool {
        let path = IncomingRequest(method: method, target: target, received: Timestamp(microseconds: 0)).pathAndQuery.path
        return tree.find(path)?.place.route(for: method)?.body == .multipart
    }

    package func respond(to incoming: IncomingRequest) async -> HTTPOutcome {
        var context = context(of: incoming)
        metrics.began()
        let answer: HTTPAnswer
        do {
            answer = try await dispatch(incoming, &context)
        } catch {
            answer = renderer.answer(to: error, requestID: context.request.requestID)
        }
        if answer.status >= 400, context.route.map({ routes[$0].socket != nil }) == true { gate.registry.counters.refused() }
        var outcome = outcome(answer, context)
        if answer.stream == nil {
            ended(answer, context, bytes: answer.body.count)
        } else {
            outcome.ended = { [self, context] bytes in ended(answer, context, bytes: bytes) }
        }
        return outcome
    }

    private func ended(_ answer: HTTPAnswer, _ context: Context, bytes: Int) {
        record(answer, context, bytes: bytes)
        metrics.ended(route: context.route, status: answer.status, microseconds: elapsed(since: context.request.received))
    }

    /// The outcome of a request that is refused before it is read to its end.
    package func refuse(_ incoming: IncomingRequest, because fact: any HTTPFact) -> HTTPOutcome {
        metrics.refused(status: fact.status, microseconds: elapsed(since: incoming.received))
        let context = context(of: incoming)
        let answer = ErrorRenderer.answer(to: fact)
        record(answer, context, bytes: answer.body.count)
        return outcome(answer, context)
    }

    /// What is gathered about a request while it passes the checks.
    private struct Context {
        var request: HTTPRequest
        var isPrivate = false
        var isPreflight = false
        /// The route's place in the table.
        var route: Int?
        var verdict: RateLimiter.Verdict?
        let settings: HTTPSettings.Values
    }

    private func context(of incoming: IncomingRequest) -> Context {
        let settings = settings.current
        let headers = incoming.headers
        let (path, query) = incoming.pathAndQuery
        let client = ClientAddress.resolve(peer: incoming.peer, headers: headers, trusted: settings.trustedProxies)
        let request = HTTPRequest(
            method: incoming.method, path: path, rawQuery: query, headers: headers, body: incoming.body,
            requestID: RequestID.choose(headers["x-request-id"], time: incoming.received, random: random),
            client: client,
            isSecure: ClientAddress.isSecure(
                peer: incoming.peer, overTLS: incoming.overTLS, headers: headers, trusted: settings.trustedProxies),
            host: headers["host"] ?? "localhost", received: incoming.received, publicURL: settings.publicURL)
        return Context(request: request, settings: settings)
    }

    private func dispatch(_ incoming: IncomingRequest, _ context: inout Context) async throws -> HTTPAnswer {
        let method = incoming.method
        let headers = incoming.headers
        if asksForHTTPS, let redirect = try SecureRedirect.answer(to: context.request, settings: context.settings) { return redirect }
        if CrossOrigin.isPreflight(method: method, headers: headers) {
            context.isPreflight = true
            return CrossOrigin.preflight(isAllowed: CrossOrigin.allowed(headers["origin"], by: context.settings.allowedOrigins) != nil)
        }
        guard let (place, values) = tree.find(context.request.path), let representative = place.representative else {
            throw HTTPError.notFound
        }
        let route = place.route(for: method) ?? representative
        context.route = place.places[route.method]
        context.isPrivate = route.access.isProtected || !["GET", "HEAD", "OPTIONS"].contains(method)
        let mark = gate.registry.mark
        if route.socket != nil {
            try SocketGate.checkOrigin(context.request, allowed: context.settings.allowedOrigins)
            context.request.caller = try await gate.caller(of: context.request, access: route.access)
        } else {
            context.request.caller = try authenticate(headers, for: route.access)
        }

        let isOptions = method == "OPTIONS" && place.routes[method] == nil
        guard isOptions || place.route(for: method) != nil else {
            throw HTTPError.methodNotAllowed(method, allow: place.allow)
        }
        let handshake = try route.socket == nil || isOptions ? nil : SocketHandshake(incoming)
        guard handshake != nil || MediaType.isAcceptable(headers.all("accept"), produces: isOptions ? ["application/json"] : route.produces)
        else {
            throw HTTPError.notAcceptable
        }
        if !isOptions { try checkBody(of: context.request, against: route.body) }
        try admit(route, &context)
        if route.access == .staff, context.request.caller?.isStaff != true { throw HTTPError.forbidden }
        if isOptions { return Self.options(place) }

        for (name, value) in zip(place.parameters[route.method] ?? [], values) { context.request.parameters[name] = value }
        if let handler = route.socket, let handshake { return try await gate.open(handler, handshake, context.request, since: mark) }
        if route.idempotent, let idempotency { return try await idempotency.run(route, context.request) }
        return try await route.handler(context.request)
    }

    private func admit(_ route: Route, _ context: inout Context) throws {
        guard let rateClass = route.rateClass, let limiter else { return }
        context.verdict = limiter.judge(rateClass, RateLimiter.Client(context.request))
        if let decision = context.verdict?.decision, !decision.isAdmitted { throw Throttled(microseconds: decision.untilNext) }
    }

    private func authenticate(_ headers: HTTPHeaders, for access: Access) throws -> Caller? {
        guard access != .anyone else { return nil }
        if let token = try BearerToken.parse(headers["authorization"]) { return try authenticator.caller(ofToken: token) }
        guard access == .anyoneChecked else { throw HTTPError.notAuthenticated }
        return nil
    }

    /// An empty body has no type to judge, whatever the header says.
    private func checkBody(of request: HTTPRequest, against kind: BodyKind) throws {
        guard !request.body.isEmpty, kind != .none else { return }
        guard kind.parses.contains(request.contentType.name) else {
            throw HTTPError.unsupportedMediaType(request.headers["content-type"] ?? "")
        }
    }

    /// The answer to OPTIONS: what the path is, and what it reads and writes.
    private static func options(_ place: RoutePlace) -> HTTPAnswer {
        let kinds = ["POST", "PUT", "PATCH"].compactMap { place.routes[$0]?.body }
        let parses = kinds.contains(.json) || !kinds.contains(.multipart) ? BodyKind.json.parses : BodyKind.multipart.parses
        return HTTPAnswer.json { writer in
            writer.object { writer in
                writer.field("name", place.representative?.summary)
                writer.field("renders", place.representative?.produces ?? ["application/json"])
                writer.field("parses", parses)
            }
        }.with("Allow", place.allow.joined(separator: ", "))
    }

    private func elapsed(since received: Timestamp) -> Int64 { clock.now().microseconds - received.microseconds }

    private func outcome(_ answer: HTTPAnswer, _ context: Context) -> HTTPOutcome {
        let request = context.request
        return HTTPOutcome(
            answer: answer, requestID: request.requestID,
            allowedOrigin: CrossOrigin.allowed(request.headers["origin"], by: context.settings.allowedOrigins),
            isPreflight: context.isPreflight,
            isPrivate: (context.isPrivate || request.caller != nil) && answer.header("Cache-Control") == nil,
            strictTransportSecurity: context.settings.strictTransportSecurity && request.isSecure, verdict: context.verdict)
    }

    /// The answer's line in the access log.
    private func record(_ answer: HTTPAnswer, _ context: Context, bytes: Int) {
        let request = context.request
        log.access(
            AccessEntry(
                requestID: request.requestID, method: request.method, path: request.path, status: answer.status,
                durationMicroseconds: elapsed(since: request.received), bytes: request.method == "HEAD" ? 0 : bytes,
                client: request.clientAddress, account: request.caller?.accountID))
    }
}

extension Access {
    var isProtected: Bool { self == .account || self == .staff }
}

/// The token of an `Authorization` header.
package enum BearerToken {
    /// Nil for no header and for any other scheme, which the original server takes for an anonymous request.
    package static func parse(_ header: String?) throws(HTTPError) -> String? {
        guard let header else { return nil }
        // Bytes, not characters: a token is long, and its grapheme clusters cost more than its signature.
        let parts = header.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let scheme = parts.first, scheme.elementsEqual("Bearer".utf8) else { return nil }
        guard parts.count == 2 else { throw .badAuthorizationHeader }
        return String(Substring(parts[1]))
    }
}
