/// What a request with an `Idempotency-Key` was made of. Two requests with one key and one caller are the same
/// request if operation and body are.
package struct IdempotencyScope: Sendable, Hashable {
    package let key: String
    /// 0 for a request without a caller.
    package let callerRowID: Int64
    /// Method and path: `POST /api/v1/chat/send/`.
    package let operation: String
    /// SHA-256 of the body's bytes.
    package let bodyHash: [UInt8]

    package init(key: String, callerRowID: Int64, operation: String, bodyHash: [UInt8]) {
        self.key = key
        self.callerRowID = callerRowID
        self.operation = operation
        self.bodyHash = bodyHash
    }
}

/// What is known of a key when a request brings it.
package enum IdempotencyState: Sendable {
    /// Never seen: the request runs, and the key is taken until `finish` or `abandon`.
    case fresh
    /// Answered before: the same answer goes out again.
    case replay(HTTPAnswer)
    /// Used before for another request.
    case conflict
    /// The first request is still running.
    case inProgress
}

/// Remembers the answers of requests that carry a key.
package protocol IdempotencyStore: Sendable {
    func begin(_ scope: IdempotencyScope) async throws -> IdempotencyState
    func finish(_ scope: IdempotencyScope, answer: HTTPAnswer) async throws
    /// Frees a key whose request did not succeed, so that the client may try again.
    func abandon(_ scope: IdempotencyScope) async throws
}

/// Why a key was refused.
package enum IdempotencyError: HTTPFact, Equatable {
    case malformedKey
    case usedForAnotherRequest
    case inProgress

    package var status: Int {
        switch self {
        case .malformedKey: 400
        case .usedForAnotherRequest: 422
        case .inProgress: 409
        }
    }

    package var headers: [(name: String, value: String)] {
        self == .inProgress ? [("Retry-After", "1")] : []
    }

    package func writeBody(into writer: inout JSONWriter) {
        let detail =
            switch self {
            case .malformedKey: "Idempotency-Key must be 1 to 255 printable ASCII characters."
            case .usedForAnotherRequest: "Idempotency-Key was already used with a different request."
            case .inProgress: "A request with this Idempotency-Key is still in progress."
            }
        writer.object { $0.field("detail", detail) }
    }
}

/// Runs a route's handler at most once for a key.
///
/// Only answers below 300 are kept. After any other the key is free again: a client that mends its request, or
/// that meets a provider's failure, tries again with the same key and means it. A streaming answer is not kept either, for
/// it is not there yet; its route must itself see to it that a repeat does nothing twice.
struct IdempotencyGuard: Sendable {
    let store: any IdempotencyStore
    let log: Log

    func run(_ route: Route, _ request: HTTPRequest) async throws -> HTTPAnswer {
        guard let key = request.headers["idempotency-key"] else { return try await route.handler(request) }
        guard 1...255 ~= key.utf8.count, key.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else { throw IdempotencyError.malformedKey }
        let scope = IdempotencyScope(
            key: key, callerRowID: request.caller?.accountRowID ?? 0, operation: Self.operation(request),
            bodyHash: SHA256.hash(request.body))
        switch try await store.begin(scope) {
        case .replay(let answer): return answer.with("Idempotency-Replayed", "true")
        case .conflict: throw IdempotencyError.usedForAnotherRequest
        case .inProgress: throw IdempotencyError.inProgress
        case .fresh: return try await first(scope, route, request)
        }
    }

    /// Both forms of a path, with and without its trailing slash, are one operation.
    private static func operation(_ request: HTTPRequest) -> String {
        "\(request.method) \(request.path.hasSuffix("/") ? request.path : request.path + "/")"
    }

    private func first(_ scope: IdempotencyScope, _ route: Route, _ request: HTTPRequest) async throws -> HTTPAnswer {
        do {
            let answer = try await route.handler(request)
            await settle(request) {
                if answer.status < 300, answer.stream == nil {
                    try await store.finish(scope, answer: answer)
                } else {
                    try await store.abandon(scope)
                }
            }
            return answer
        } catch {
            await settle(request) { try await store.abandon(scope) }
            throw error
        }
    }

    /// The handler's effect stands whether or not its answer could be kept, so the client gets the answer and
    /// the failure goes to the log.
    private func settle(_ request: HTTPRequest, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            log.error("An idempotency key could not be settled.", requestID: request.requestID, ["error": .string("\(error)")])
        }
    }
}
