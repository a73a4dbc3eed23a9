import Platform

/// The `admin` commands over invitations.
extension Core {
    private var invitations: InvitationAdmin { InvitationAdmin(database: database) }

    func invite(_ arguments: JSONValue) async throws -> JSONValue {
        let (invitation, code) = try await invitations.create(InvitationForm(arguments))
        return json(invitation, code: code)
    }

    func listInvitations() async throws -> JSONValue { .array(try await invitations.list().map { json($0) }) }

    func revokeInvitation(_ arguments: JSONValue) async throws -> JSONValue {
        var reader = BodyReader(arguments)
        let given = reader.identifier("id")
        try reader.finish()
        let id = try given.get()
        do {
            return json(try await invitations.revoke(id))
        } catch InvitationAdmin.Failure.unknownInvitation {
            throw CommandFailure("there is no invitation with the id \(id)", exit: 1)
        } catch InvitationAdmin.Failure.over(let state) {
            throw CommandFailure("the invitation \(id) is \(state.rawValue) already", exit: 1)
        }
    }

    private func json(_ invitation: Invitation, code: InvitationCode? = nil) -> JSONValue {
        var members = JSONObject()
        if let code { members.append("code", .string(code.text)) }
        members.append("id", .string(invitation.id.description))
        members.append("email", invitation.email.map { .string($0) } ?? .null)
        members.append("note", .string(invitation.note))
        members.append("created_at", .string(invitation.createdAt.iso))
        members.append("expires_at", .string(invitation.expiresAt.iso))
        members.append("uses_left", .integer(invitation.usesLeft))
        members.append("state", .string(invitation.state(at: clock.now()).rawValue))
        return .object(members)
    }
}
