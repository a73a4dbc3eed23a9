import Platform

/// Why a mail was not sent.
enum MailFailure: WorkFailure, Equatable {
    /// The recipient's address has characters that mail cannot be sent to.
    case unusableAddress
    case smtp(SMTPFailure)

    init(_ failure: SMTPFailure) { self = .smtp(failure) }

    var workCode: String {
        switch self {
        case .unusableAddress: "address_unusable"
        case .smtp(.unreachable): "mail_server_unreachable"
        case .smtp(.refused(let stage, let reply)):
            reply.concernsRecipient(at: stage) ? "address_refused" : reply.isPermanent ? "mail_refused" : "mail_deferred"
        case .smtp(.cut(mayBeDelivered: true, _)): "mail_unconfirmed"
        case .smtp(.cut): "mail_cut"
        case .smtp(.busy): "mail_busy"
        case .smtp(.cancelled): "mail_cancelled"
        }
    }

    /// What the owner of the account may know. The mail server's own words are the operator's.
    var workDetail: String {
        switch self {
        case .unusableAddress: "Mail cannot be sent to this address."
        case .smtp(.refused(_, let reply)) where reply.isPermanent: "The mail server refused the mail."
        case .smtp: "The mail could not be sent."
        }
    }

    var operatorDetail: String {
        switch self {
        case .unusableAddress: "The address has characters that mail cannot be sent to."
        case .smtp(.unreachable(let reason)): "The mail server was not reached: \(reason)"
        case .smtp(.refused(let stage, let reply)): "The mail server said to the \(stage.rawValue): \(reply.text)"
        case .smtp(.cut(mayBeDelivered: true, let reason)): "The mail went out whole, and no answer came; it may have arrived: \(reason)"
        case .smtp(.cut(_, let reason)): "The connection broke off before the mail was out: \(reason)"
        case .smtp(.busy): "Too many mails wait to be sent."
        case .smtp(.cancelled): "Sending was broken off."
        }
    }

    var isPermanent: Bool {
        switch self {
        case .unusableAddress: true
        case .smtp(.refused(_, let reply)): reply.isPermanent
        case .smtp: false
        }
    }

    var concernsRecipient: Bool {
        if case .smtp(.refused(let stage, let reply)) = self { reply.concernsRecipient(at: stage) } else { self == .unusableAddress }
    }
}
