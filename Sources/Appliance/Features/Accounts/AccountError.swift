import Platform

/// What can go wrong with accounts, as facts.
enum AccountError: HTTPFact, Equatable {
    /// No such account, a wrong password or a closed account: a stranger is not told which.
    case noActiveAccount
    case registrationClosed
    /// Only who has a code may register, and the request brought none.
    case invitationRequired
    /// `logout/` was given something that is no live refresh token of the caller.
    case notALogin
    case passwordsRequired
    case oldPasswordIncorrect
    /// The new password breaks these rules, in the policy's words.
    case weakPassword([String])
    /// No mail server is configured, and what was asked for comes by mail.
    case sendsNoMail

    static let emailTaken = ValidationErrors("email", "User with this email already exists.")
    /// No such code, or one that is used up, expired, revoked or another address's: a stranger is not told which.
    static let invitationNotValid = ValidationErrors("invite_code", "This invitation code is not valid.")
    /// The token of a mail is made up, used, expired or another purpose's: a stranger is not told which.
    static let linkNotValid = ValidationErrors("token", "This link is not valid or has expired.")
    static let passwordIncorrect = ValidationErrors("password", "Password is incorrect.")
    static let profileExists = ValidationErrors(object: "A profile for this user already exists.")

    var status: Int {
        switch self {
        case .noActiveAccount: 401
        case .registrationClosed, .invitationRequired: 403
        case .notALogin, .passwordsRequired, .oldPasswordIncorrect, .weakPassword: 400
        case .sendsNoMail: 409
        }
    }

    var headers: [(name: String, value: String)] {
        self == .noActiveAccount ? HTTPError.notAuthenticated.headers : []
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .noActiveAccount: writer.field("detail", "No active account found with the given credentials")
            case .registrationClosed: writer.field("detail", "Registration is closed.")
            case .invitationRequired: writer.field("detail", "Registration is by invitation only.")
            case .notALogin: writer.field("error", "Invalid token")
            case .passwordsRequired: writer.field("error", "Both old and new passwords are required")
            case .oldPasswordIncorrect: writer.field("error", "Old password is incorrect")
            case .weakPassword(let problems): writer.field("error", problems)
            case .sendsNoMail:
                writer.field("detail", "This server is not set up to send mail. Ask its operator.")
                writer.field("error_code", MailOutbox.notConfigured)
            }
        }
    }
}

/// A token that a body carried is no good. In an `Authorization` header the same fact has another form,
/// `HTTPError.tokenNotValid`.
struct TokenRefusal: HTTPFact, Equatable {
    let problem: TokenProblem

    var status: Int { 401 }

    var headers: [(name: String, value: String)] { HTTPError.notAuthenticated.headers }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("detail", problem.rawValue)
            writer.field("code", "token_not_valid")
        }
    }
}
