import Platform

/// What the operator does with invitations: the handlers of `jobraker admin invite` and its kin, the same with a
/// server running and without one.
struct InvitationAdmin: Sendable {
    enum Failure: Error, Equatable {
        case unknownInvitation
        /// There is nothing to revoke: it is over already, in this way.
        case over(Invitation.State)
    }

    let database: Database

    /// Makes an invitation. Its code is in the answer and nowhere else: who loses it needs a new one.
    func create(_ form: InvitationForm) async throws -> (invitation: Invitation, code: InvitationCode) {
        try await database.write { transaction in
            if let email = form.email, try AccountStore.isTaken(email, in: transaction) { throw AccountError.emailTaken }
            let code = InvitationCode(random: transaction.random)
            let invitation = Invitation(
                id: transaction.newIdentifier(), email: form.email.map(EmailAddress.normalized), note: form.note,
                createdAt: transaction.now, expiresAt: transaction.now.adding(seconds: form.days * 86_400), usesLeft: form.uses,
                revokedAt: nil)
            try InvitationStore.create(invitation, code: code, in: transaction)
            return (invitation, code)
        }
    }

    func list() async throws -> [Invitation] { try await database.scan { try InvitationStore.all(in: $0) } }

    /// Ends an open invitation. The accounts that were made with it stay.
    func revoke(_ id: Identifier) async throws -> Invitation {
        try await database.write { transaction in
            guard var invitation = try InvitationStore.invitation(id, in: transaction) else { throw Failure.unknownInvitation }
            let state = invitation.state(at: transaction.now)
            guard state == .open else { throw Failure.over(state) }
            try InvitationStore.revoke(id, in: transaction)
            invitation.revokedAt = transaction.now
            return invitation
        }
    }
}
