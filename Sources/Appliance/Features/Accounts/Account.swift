import Platform

/// A person who may use the appliance, without the secrets that prove it.
struct Account: Sendable, Equatable {
    static let longestEmail = 254
    static let longestName = 150

    var rowID: Int64
    var id: Identifier
    var email: String
    var firstName: String
    var lastName: String
    /// False while the operator keeps the account closed.
    var isActive: Bool
    var isStaff: Bool
    var isVerified: Bool
    var lastLogin: Timestamp?
    var dateJoined: Timestamp

    /// Whose rows the account's are. The number comes from the account's own row.
    var owner: Owner { .ofWork(accountRowID: rowID) }
}

/// An account together with what its password is checked against.
struct Credentials: Sendable, Equatable {
    var account: Account
    var passwordHash: String
    /// Grows with every new password, but not when the same password is hashed anew.
    ///
    /// A password is checked outside any transaction, which takes a while. What is then written asks
    /// whether the version is still the one that was checked; comparing hashes instead would refuse the
    /// second of two logins that upgrade an old hash at the same time.
    var passwordVersion: Int64
}

/// How e-mail addresses are stored and compared.
enum EmailAddress {
    /// The stored form: the domain, which has no case, in lower-case letters; the rest as it was written.
    static func normalized(_ email: String) -> String {
        guard let at = email.lastIndex(of: "@") else { return email }
        return email[..<at] + email[at...].lowercased()
    }

    /// What is unique: two addresses that differ in case alone are one.
    static func key(_ email: String) -> String { email.lowercased() }
}
