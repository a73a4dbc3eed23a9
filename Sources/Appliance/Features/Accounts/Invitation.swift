import Platform

/// Leave to make accounts while registration is by invitation; the code that proves it is not in here.
struct Invitation: Sendable, Equatable {
    static let longestNote = 200

    enum State: String, Sendable {
        case open
        case used
        case expired
        case revoked
    }

    var id: Identifier
    /// The one address that may use it; nil where any may.
    var email: String?
    /// The operator's own words on what it is for.
    var note: String
    var createdAt: Timestamp
    var expiresAt: Timestamp
    /// How many more accounts it is good for.
    var usesLeft: Int
    var revokedAt: Timestamp?

    /// What was done to it counts before the time that has passed since.
    func state(at now: Timestamp) -> State {
        if revokedAt != nil { return .revoked }
        if usesLeft == 0 { return .used }
        return expiresAt > now ? .open : .expired
    }
}

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
