import Platform

/// What happened on the server in the 24 hours before a moment.
struct DailyActivity: Sendable, Equatable {
    var mailsSent: Int
    var mailsFailed: Int
    var chat: ChatStore.Activity
    var accounts: Int
    var activeAccounts: Int

    /// It goes through the table of logins, so it belongs on a scan.
    init(at now: Timestamp, in reader: Reader) throws {
        let since = now.adding(seconds: -86_400)
        let mails = try NotificationDeliveryStore.totals(.mail, since: since, in: reader)
        mailsSent = mails[.sent] ?? 0
        mailsFailed = mails[.failed] ?? 0
        chat = try ChatStore.activity(since: since, in: reader)
        accounts = try AccountStore.count(in: reader)
        activeAccounts = try LoginStore.activeAccounts(since: since, in: reader)
    }

    func write(at now: Timestamp, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("timestamp", now)
            writer.field("period", "last_24_hours")
            writer.object("email") { writer in
                writer.field("total_sent", mailsSent)
                writer.field("total_failed", mailsFailed)
                writer.object("templates_used") { _ in }
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
