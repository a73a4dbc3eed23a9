import Platform

/// What a new account is made of, read from a body and found good.
struct RegistrationForm: Sendable, Equatable {
    let email: String
    let password: String
    let firstName: String
    let lastName: String

    /// Reads a body. All that is wrong with its fields is reported at once; that the two passwords differ, only
    /// when the fields are right. `isTaken` tells whether an address has an account.
    init(_ body: JSONValue, needsConfirmation: Bool = true, isTaken: (String) throws -> Bool) throws {
        var reader = BodyReader(body)
        email = reader.email("email", max: Account.longestEmail)
        if try !email.isEmpty && isTaken(email) {
            for entry in AccountError.emailTaken.entries { for message in entry.messages { reader.add(entry.field, message) } }
        }
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
        try reader.finish()
        guard password == confirmation else { throw ValidationErrors(object: "Passwords don't match") }
    }
}
