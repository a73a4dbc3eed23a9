import Platform

// One way to make each mail. What a template may use is what stands here, and `MailSample` has an example of each.
// Addresses are paths of the site; whoever writes the mail makes them whole (`MailLinks`).

extension MailDraft {
    /// Most jobs in one mail; the list in the product has the others.
    static let mostJobs = 10
    static let mostRecommendations = 5
    /// As many characters of each message stand in a digest.
    static let longestMessage = 500

    static var welcome: MailDraft { MailDraft(.welcome, [("profile_address", "/profile")]) }

    /// `token` is the row that the link's token belongs to.
    static func emailVerification(token: MailToken) -> MailDraft { tokenMail(.emailVerification, token) }

    static func passwordReset(token: MailToken) -> MailDraft { tokenMail(.passwordReset, token) }

    private static func tokenMail(_ kind: MailKind, _ token: MailToken) -> MailDraft {
        var draft = MailDraft(kind, [("minutes", .integer(token.purpose.lifetimeMinutes))])
        draft.token = token.rowID
        draft.usefulUntil = token.expiresAt
        return draft
    }

    /// `status` and `before` are words of a sentence: "under review".
    static func statusChange(title: String, company: String, status: String, before: String) -> MailDraft {
        MailDraft(
            .statusChange,
            [
                ("title", .string(title)), ("company", .string(company)), ("status", .string(status)), ("before", .string(before)),
                ("address", "/applications"),
            ])
    }

    /// `count` is how many jobs there are in all; `jobs` need be no more than are shown.
    static func alert(name: String, criteria: String, jobs: [JobLine], count: Int) -> MailDraft {
        let shown = jobs.prefix(mostJobs)
        return MailDraft(
            .alert,
            [
                ("alert", .string(name)), ("criteria", .string(criteria)), ("count", .integer(count)),
                ("jobs", .array(shown.map(\.json))), ("more", .integer(max(0, count - shown.count))), ("address", "/alerts"),
            ])
    }

    /// The best first; `count` is how many there are in all.
    static func recommendations(_ jobs: [JobLine], count: Int) -> MailDraft {
        MailDraft(
            .recommendations,
            [
                ("count", .integer(count)), ("jobs", .array(jobs.prefix(mostRecommendations).map(\.json))),
                ("address", "/recommendations"),
            ])
    }

    /// `date` is the day that the applicant chose.
    static func followUp(title: String, company: String, date: String, days: Int, notes: String) -> MailDraft {
        MailDraft(
            .followUp,
            [
                ("title", .string(title)), ("company", .string(company)), ("date", .string(date)), ("days", .integer(days)),
                ("ago", .string(days == 0 ? "today" : days == 1 ? "1 day ago" : "\(days) days ago")), ("notes", .string(notes)),
                ("address", "/applications"),
            ])
    }

    /// For what has no mail of its own.
    static func notice(title: String, message: String, address: String) -> MailDraft {
        MailDraft(.notice, [("title", .string(title)), ("message", .string(message)), ("address", .string(address))])
    }

    /// `period` is "daily" or "weekly"; nil for the last one, once there are to be no more. `count` is how many there are in all.
    static func digest(period: String?, items: [(title: String, message: String)], count: Int) -> MailDraft {
        let words = period.map { $0 == "weekly" ? "week" : "day" } ?? ""
        return MailDraft(
            .digest,
            [
                ("period", .string(words)), ("count", .integer(count)),
                ("items", .array(items.map { ["title": .string($0.title), "message": .string($0.message)] })),
                ("more", .integer(max(0, count - items.count))), ("address", "/notifications"),
                ("settings_address", "/settings/notifications"),
            ])
    }
}

// MARK: - Of notifications

extension MailDraft {
    static func notice(_ notification: Notification) -> MailDraft {
        notice(title: notification.title, message: notification.message, address: notification.kind.page)
    }

    static func digest(period: String?, _ notifications: [Notification], count: Int) -> MailDraft {
        digest(
            period: period, items: notifications.map { (title: $0.title, message: String($0.message.prefix(longestMessage))) }, count: count
        )
    }
}

extension Notification.Kind {
    /// The page of the site that shows more of such a matter.
    fileprivate var page: String {
        switch self {
        case .jobAlert: "/alerts"
        case .applicationUpdate, .reminder: "/applications"
        case .recommendation: "/recommendations"
        case .systemMessage: "/notifications"
        }
    }
}
