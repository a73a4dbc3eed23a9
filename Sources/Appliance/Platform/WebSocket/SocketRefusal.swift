/// Why a handshake is refused, beyond what any request can be refused for.
enum SocketRefusal: HTTPFact, Equatable {
    /// The request does not ask for a WebSocket.
    case notAnUpgrade
    /// It asks for one in a way that RFC 6455 does not know.
    case malformed
    case unsupportedVersion
    case tooMany
    case loggedOut

    var status: Int {
        switch self {
        case .notAnUpgrade, .unsupportedVersion: 426
        case .malformed: 400
        case .tooMany: 429
        case .loggedOut: 403
        }
    }

    var headers: [(name: String, value: String)] {
        switch self {
        case .notAnUpgrade: [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        case .unsupportedVersion: [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
        case .tooMany: [("Retry-After", "5")]
        case .malformed, .loggedOut: []
        }
    }

    func writeBody(into writer: inout JSONWriter) {
        let detail =
            switch self {
            case .notAnUpgrade: "This address speaks WebSocket only."
            case .unsupportedVersion: "Only version 13 of WebSocket is spoken here."
            case .malformed: "The WebSocket handshake is malformed."
            case .tooMany: "Too many WebSocket connections are open."
            case .loggedOut: TokenProblem.blacklisted.rawValue
            }
        writer.object { $0.field("detail", detail) }
    }
}

/// A token that does not hold, in the words that it has everywhere; but a handshake is refused with 403, as the original
/// server did.
struct SocketNotAuthenticated: HTTPFact {
    let reason: any HTTPFact

    var status: Int { 403 }

    func writeBody(into writer: inout JSONWriter) { reason.writeBody(into: &writer) }
}
