/// What is wrong with an access token, in the contract's words.
package enum TokenProblem: String, Sendable {
    case invalid = "Token is invalid"
    case wrongType = "Token has wrong type"
    case expired = "Token is expired"
    case blacklisted = "Token is blacklisted"
}

/// The errors that any route can meet, with the words of the contract's section 1.
///
/// A feature's own errors are enums of their own that conform to `HTTPFact`.
package enum HTTPError: HTTPFact, Equatable {
    case notAuthenticated
    case tokenNotValid(TokenProblem)
    case badAuthorizationHeader
    case userNotFound
    case userInactive
    case forbidden
    case notFound
    case noMatch(model: String)
    case methodNotAllowed(String, allow: [String])
    case notAcceptable
    case unsupportedMediaType(String)
    case malformedJSON(String)
    case bodyTooLarge
    case requestTimeout
    case invalidPage
    case unavailable(retryAfter: Int)
    case internalError
    case badRequest(detail: String)

    package var status: Int {
        switch self {
        case .notAuthenticated, .tokenNotValid, .badAuthorizationHeader, .userNotFound, .userInactive: 401
        case .forbidden: 403
        case .notFound, .noMatch, .invalidPage: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .requestTimeout: 408
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .malformedJSON, .badRequest: 400
        case .internalError: 500
        case .unavailable: 503
        }
    }

    package var headers: [(name: String, value: String)] {
        switch self {
        case .notAuthenticated, .tokenNotValid, .badAuthorizationHeader, .userNotFound, .userInactive:
            [("WWW-Authenticate", #"Bearer realm="api""#)]
        case .methodNotAllowed(_, let allow):
            [("Allow", allow.joined(separator: ", "))]
        case .unavailable(let seconds):
            [("Retry-After", String(max(1, seconds)))]
        default:
            []
        }
    }

    package var detail: String {
        switch self {
        case .notAuthenticated: "Authentication credentials were not provided."
        case .tokenNotValid: "Given token not valid for any token type"
        case .badAuthorizationHeader: "Authorization header must contain two space-delimited values"
        case .userNotFound: "User not found"
        case .userInactive: "User is inactive"
        case .forbidden: "You do not have permission to perform this action."
        case .notFound: "Not found."
        case .noMatch(let model): "No \(model) matches the given query."
        case .methodNotAllowed(let method, _): "Method \"\(method)\" not allowed."
        case .notAcceptable: "Could not satisfy the request Accept header."
        case .unsupportedMediaType(let type): "Unsupported media type \"\(type)\" in request."
        case .malformedJSON(let reason): "JSON parse error - \(reason)"
        case .bodyTooLarge: "Request body is too large."
        case .requestTimeout: "Request timed out."
        case .invalidPage: "Invalid page."
        case .unavailable: "Service temporarily unavailable, try again later."
        case .internalError: "Internal server error."
        case .badRequest(let detail): detail
        }
    }

    private var code: String? {
        switch self {
        case .tokenNotValid: "token_not_valid"
        case .badAuthorizationHeader: "bad_authorization_header"
        case .userNotFound: "user_not_found"
        case .userInactive: "user_inactive"
        default: nil
        }
    }

    package func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("detail", detail)
            if let code { writer.field("code", code) }
            guard case .tokenNotValid(let problem) = self else { return }
            writer.array("messages") { writer in
                writer.object { writer in
                    writer.field("token_class", "AccessToken")
                    writer.field("token_type", "access")
                    writer.field("message", problem.rawValue)
                }
            }
        }
    }
}
