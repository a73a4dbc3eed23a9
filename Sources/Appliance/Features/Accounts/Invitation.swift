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
