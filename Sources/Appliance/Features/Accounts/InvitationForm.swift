import Platform

/// What an operator asks of a new invitation, found good.
struct InvitationForm: Sendable, Equatable {
    let email: String?
    let days: Int
    let uses: Int
    let note: String

    /// Reads the members `email`, `days`, `uses` and `note`, of which each may be absent. All that is wrong is
    /// reported at once.
    init(_ body: JSONValue) throws(ValidationErrors) {
        var reader = BodyReader(body)
        email = reader.has("email") ? reader.email("email", max: Account.longestEmail) : nil
        days = reader.integer("days", range: 1...365, default: 7)
        uses = reader.integer("uses", range: 1...1000, default: 1)
        note = reader.optionalText("note", max: Invitation.longestNote) ?? ""
        // An address has one account, so the other uses could never be made.
        if email != nil, uses > 1 { reader.add("uses", "An invitation for one address is good for one account.") }
        try reader.finish()
    }
}
