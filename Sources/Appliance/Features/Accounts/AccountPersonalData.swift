import Platform

// What the accounts feature itself knows of an account. The hashes of passwords and tokens are no use to anybody but an
// attacker, and stay.

/// The account's own row.
struct AccountData: PersonalDataSource {
    let name = "account"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) {
        writer.object { writer in
            AccountResource.me.writeFields(account, into: &writer)
            writer.field("is_active", account.isActive)
            writer.field("is_staff", account.isStaff)
            writer.field("is_verified", account.isVerified)
            writer.field("last_login", account.lastLogin)
        }
    }
}

/// The profile; `null` for an account that has deleted it.
struct ProfileData: PersonalDataSource {
    let name = "profile"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        guard let profile = try ProfileStore.profile(of: account, in: reader) else { return writer.null() }
        ProfileResource.description.write(profile, into: &writer)
    }
}

/// Every login that is still known, the ended ones included.
struct LoginData: PersonalDataSource {
    let name = "logins"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try LoginStore.each(of: account.owner, in: reader) { login, endedAt, reason in
                writer.object { writer in
                    login.writeFields(into: &writer)
                    writer.field("ended_at", endedAt)
                    writer.field("ended_because", reason)
                }
                try limit.check(writer)
            }
        }
    }
}

/// The invitations that the account was made with.
struct InvitationData: PersonalDataSource {
    let name = "invitations_used"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            for (invitation, usedAt) in try InvitationStore.used(by: account.owner, in: reader) {
                writer.object { writer in
                    writer.field("id", invitation.id)
                    writer.field("email", invitation.email)
                    writer.field("created_at", invitation.createdAt)
                    writer.field("used_at", usedAt)
                }
            }
        }
    }
}

/// The background work that was ordered for the account.
struct WorkData: PersonalDataSource {
    let name = "work_items"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try WorkTable.each(of: account.owner, in: reader) { order, report in
                writer.object { writer in
                    writer.field("task_id", report.id)
                    writer.field("kind", order.kind)
                    writer.field("order", order.payload)
                    writer.field("status", report.state.status)
                    writer.field("result", report.result)
                    writer.field("error", report.error)
                    writer.field("error_code", report.errorCode)
                    writer.field("created_at", report.createdAt)
                    writer.field("finished_at", report.finishedAt)
                }
                try limit.check(writer)
            }
        }
    }
}
