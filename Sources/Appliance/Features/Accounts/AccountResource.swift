import Platform

/// The two forms in which an account shows itself.
enum AccountResource {
    /// The caller's own account. Its owner may change the names and nothing else.
    static let me = Resource<Account>(
        name: "User",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            // Accounts are named by their address; clients still look for the field.
            .readOnly("username", nullable: true) { $1.null() },
            .readOnly("email", .email) { $1.string($0.email) },
            .text(
                "first_name", max: Account.longestName, required: false, blank: true, get: { $0.firstName }, set: { $0.firstName = $1 }),
            .text("last_name", max: Account.longestName, required: false, blank: true, get: { $0.lastName }, set: { $0.lastName = $1 }),
            .readOnly("date_joined", .datetime) { $1.timestamp($0.dateJoined) },
        ])

    /// The account as a part of its profile.
    static let user = Resource<Account>(
        name: "ProfileUser",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("email", .email) { $1.string($0.email) },
            .readOnly("first_name") { $1.string($0.firstName) },
            .readOnly("last_name") { $1.string($0.lastName) },
            .readOnly("is_verified", .boolean) { $1.bool($0.isVerified) },
            .readOnly("date_joined", .datetime) { $1.timestamp($0.dateJoined) },
        ])
}
