import Platform

/// Which notifications mails tell of, and what became of these by mail.
extension MailStore {
    /// Notes what a new mail tells of, by the numbers of the notifications. Where the mail has ended already, as one that is
    /// kept has, that is noted at each.
    static func note(_ notifications: [Int64], toldBy id: Identifier, in transaction: Transaction) throws {
        guard !notifications.isEmpty, let mail = try mail(id, in: transaction) else { return }
        for notification in notifications {
            try transaction.execute(
                "INSERT INTO mail_notifications (mail_rid, notification_rid) VALUES ($1, $2)", mail.rowID, notification)
        }
        if mail.state.isFinal { try noteEnd(mail.state, code: mail.code, ofMail: mail.rowID, in: transaction) }
    }

    /// What a mail tells of, as it was when the mail was written; some of it may have been deleted since.
    static func notifications(ofMail rowID: Int64, in reader: Reader) throws -> [Int64] {
        try reader.rows("SELECT notification_rid FROM mail_notifications WHERE mail_rid = $1 ORDER BY notification_rid", rowID) {
            try $0.int(0)
        }
    }

    static func noteEnd(_ state: OutgoingMail.State, code: String, ofMail rowID: Int64, in transaction: Transaction) throws {
        guard let (outcome, detail) = state.delivery(code: code) else { return }
        for notification in try notifications(ofMail: rowID, in: transaction) {
            try NotificationDeliveryStore.add(outcome, ofRow: notification, by: .mail, detail: detail, in: transaction)
        }
    }

    /// How many mails of each kind have ended in that state since then, all accounts together.
    static func totals(_ state: OutgoingMail.State, since moment: Timestamp, in reader: Reader) throws -> [(kind: String, count: Int)] {
        try reader.rows(
            "SELECT kind, count(*) FROM mails WHERE finished_at >= $1 AND state = $2 GROUP BY kind ORDER BY kind", moment, state.rawValue
        ) { (kind: try $0.text(0), count: Int(try $0.int(1))) }
    }
}

extension OutgoingMail.State {
    /// What it means for a notification, in words for its owner. The mail server's own words are the operator's. Nil while the
    /// mail is on its way.
    fileprivate func delivery(code: String) -> (outcome: NotificationDelivery.Outcome, detail: String)? {
        switch self {
        case .queued: nil
        case .sent: (.sent, "The mail server has taken the mail.")
        case .kept: (.skipped, "The mail is kept: no mail server is configured.")
        case .refused:
            switch code {
            case "address_refused": (.failed, "The mail server takes no mail for your address.")
            case "address_unusable": (.failed, "Mail cannot be sent to your address.")
            default: (.failed, "The mail server refused the mail.")
            }
        case .failed: (.failed, "The mail could not be sent.")
        case .expired: (.skipped, "The mail was of no use any more when it could be sent.")
        }
    }
}
