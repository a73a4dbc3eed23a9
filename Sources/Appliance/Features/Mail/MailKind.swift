import Platform

/// The mails that there are, by the names of their templates.
enum MailKind: String, Sendable, CaseIterable {
    case welcome
    case emailVerification = "email_verification"
    case passwordReset = "password_reset"
    case statusChange = "status_change"
    case alert
    case recommendations
    case followUp = "follow_up"
    /// A notification that has no mail of its own.
    case notice
    case digest

    /// Whether it can be called off with one click. The others answer something that their reader did.
    var isDigest: Bool { self == .digest }
}

/// A mail before it has a recipient: which one, and what its template is filled with.
struct MailDraft: Sendable, Equatable {
    var kind: MailKind
    var values: JSONObject
    /// The token that its link carries. The token itself is made when the mail is.
    var token: Int64?
    /// From then on it is of no use, and is not sent any more.
    var usefulUntil: Timestamp?

    init(_ kind: MailKind, _ values: [(String, JSONValue)] = []) {
        self.kind = kind
        self.values = JSONObject(values)
    }
}

// MARK: - Travelling with a piece of work

extension MailDraft {
    /// Of a draft without a token: these are made where their mail is ordered.
    var payload: JSONValue { ["kind": .string(kind.rawValue), "values": .object(values)] }

    init?(payload: JSONValue) {
        guard let kind = payload["kind"]?.string.flatMap({ MailKind(rawValue: $0) }), case .object(let values)? = payload["values"] else {
            return nil
        }
        self.kind = kind
        self.values = values
    }
}
