import Platform

/// What happened on the server in the 24 hours before a moment.
struct DailyActivity: Sendable {
    /// Mails that the mail server has taken, by their templates.
    var templatesUsed: [(kind: String, count: Int)]
    var mailsFailed: Int
    var chat: ChatStore.Activity
    var accounts: Int
    var activeAccounts: Int

    /// It goes through the table of logins, so it belongs on a scan.
    init(at now: Timestamp, in reader: Reader) throws {
        let since = now.adding(seconds: -86_400)
        templatesUsed = try MailStore.totals(.sent, since: since, in: reader)
        mailsFailed = try [.refused, .failed].reduce(0) { sum, state in
            try MailStore.totals(state, since: since, in: reader).reduce(sum) { $0 + $1.count }
        }
        chat = try ChatStore.activity(since: since, in: reader)
        accounts = try AccountStore.count(in: reader)
        activeAccounts = try LoginStore.activeAccounts(since: since, in: reader)
    }

    func write(at now: Timestamp, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("timestamp", now)
            writer.field("period", "last_24_hours")
            writer.object("email") { writer in
                writer.field("total_sent", templatesUsed.reduce(0) { $0 + $1.count })
                writer.field("total_failed", mailsFailed)
                writer.object("templates_used") { writer in
                    for (kind, count) in templatesUsed { writer.field(kind, count) }
                }
            }
            writer.object("chat") { writer in
                writer.field("active_sessions", chat.sessions)
                writer.field("total_messages", chat.messages)
                writer.field("unique_users", chat.accounts)
            }
            writer.object("system") { writer in
                writer.field("total_users", accounts)
                writer.field("active_users_24h", activeAccounts)
            }
        }
    }
}
