import Platform

/// What cannot be done with targets.
enum TargetError: HTTPFact, Equatable {
    case tooMany
    /// Only webhooks have a secret of their own.
    case hasNoSecret
    /// Nothing is sent to it but tests.
    case switchedOff

    static let missing = HTTPError.noMatch(model: "NotificationTarget")
    static let missingDelivery = HTTPError.noMatch(model: "NotificationDelivery")

    var status: Int { 409 }

    var detail: String {
        switch self {
        case .tooMany: "An account has at most \(NotificationTarget.mostPerAccount) targets."
        case .hasNoSecret: "Only a webhook has a secret that can be replaced; give a new token instead."
        case .switchedOff: "The target is switched off."
        }
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { $0.field("detail", detail) }
    }
}
