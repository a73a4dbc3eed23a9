import Platform

/// What a new account is made of, read from a body and found good.
struct RegistrationForm: Sendable, Equatable {
    let email: String
    let password: String
    let firstName: String
    let lastName: String
    /// A code that lets the address in; nil where none is needed and no good one was brought.
    let code: InvitationCode?

    private static let codeField = "invite_code"

    /// Reads a body. All that is wrong with its fields is reported at once; that the two passwords differ, only
    /// when the fields are right. `isTaken` tells whether an address has an account, `isGood` whether a code lets
    /// an address in. Where an invitation is needed and the body brings no code, nothing else is looked at; and with
    /// a code that is not good, nobody learns who has an account.
    init(
        _ body: JSONValue, needsConfirmation: Bool = true, needsInvitation: Bool = false, isTaken: (String) throws -> Bool,
        isGood: (InvitationCode, String) throws -> Bool = { _, _ in false }
    ) throws {
        if needsInvitation, Self.bringsNoCode(body) { throw AccountError.invitationRequired }
        var reader = BodyReader(body)
        email = reader.email("email", max: Account.longestEmail)
        var codeReader = BodyReader(body)
        code = try Self.code(from: &codeReader, for: email, isGood: isGood)
        if try !email.isEmpty && (code != nil || !needsInvitation) && isTaken(email) { reader.add(AccountError.emailTaken) }
        password = reader.text("password", min: PasswordPolicy.minimumLength, max: Passwords.longest)
        let confirmation = needsConfirmation ? reader.text("password_confirm") : password
        firstName = reader.has("first_name") ? reader.text("first_name", max: Account.longestName, blank: true) : ""
        lastName = reader.has("last_name") ? reader.text("last_name", max: Account.longestName, blank: true) : ""
        // A field that was refused reads as empty, and is not judged twice.
        if !password.isEmpty {
            for problem in PasswordPolicy.problems(password, email: email, firstName: firstName, lastName: lastName) {
                reader.add("password", problem)
            }
        }
        // Nobody is turned away over a code that is not needed, whatever it looks like.
        if needsInvitation { reader.add(codeReader.errors) }
        try reader.finish()
        guard password == confirmation else { throw ValidationErrors(object: "Passwords don't match") }
    }

    /// Whether there is no code at all, not even a bad one.
    private static func bringsNoCode(_ body: JSONValue) -> Bool {
        var reader = BodyReader(body)
        guard reader.has(codeField) else { return true }
        return reader.text(codeField, blank: true).isEmpty && reader.errors.isEmpty
    }

    /// The code if it is good; else its error is in the reader. The address counts even where it was refused itself
    /// and reads as empty: otherwise a code for another address would give itself away.
    private static func code(
        from reader: inout BodyReader, for email: String, isGood: (InvitationCode, String) throws -> Bool
    ) throws -> InvitationCode? {
        let text = reader.text(codeField, max: InvitationCode.longestText)
        guard !text.isEmpty else { return nil }
        if let code = InvitationCode(text), try isGood(code, email) { return code }
        reader.add(AccountError.invitationNotValid)
        return nil
    }
}

extension BodyReader {
    fileprivate mutating func add(_ errors: ValidationErrors) {
        for entry in errors.entries { for message in entry.messages { add(entry.field, message) } }
    }
}
