import Platform

// One way to make each mail. What a template may use is what stands here, and `MailSample` has an example of each.

extension MailDraft {
    /// A job as mails show it.
    struct JobLine: Sendable, Equatable {
        let title: String
        let company: String
        let location: String
        let salary: String
        let address: String
        /// In per cent, for recommendations.
        var score: Int?

        var json: JSONValue {
            [
                "title": .string(title), "company": .string(company), "location": .string(location), "salary": .string(salary),
                "address": .string(address), "score": score.map { .integer($0) } ?? .null,
            ]
        }
    }

    /// Most jobs in one mail; the list in the product has the others.
    static let mostJobs = 10
    static let mostRecommendations = 5

    static func welcome(_ links: MailLinks) -> MailDraft {
        MailDraft(.welcome, [("profile_address", .string(links.page("/profile")))])
    }

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
    static func statusChange(title: String, company: String, status: String, before: String, _ links: MailLinks) -> MailDraft {
        MailDraft(
            .statusChange,
            [
                ("title", .string(title)), ("company", .string(company)), ("status", .string(status)), ("before", .string(before)),
                ("address", .string(links.page("/applications"))),
            ])
    }

    static func alert(name: String, criteria: String, jobs: [JobLine], _ links: MailLinks) -> MailDraft {
        MailDraft(
            .alert,
            [
                ("alert", .string(name)), ("criteria", .string(criteria)), ("count", .integer(jobs.count)),
                ("jobs", .array(jobs.prefix(mostJobs).map(\.json))), ("more", .integer(max(0, jobs.count - mostJobs))),
                ("address", .string(links.page("/alerts"))),
            ])
    }

    static func recommendations(_ jobs: [JobLine], _ links: MailLinks) -> MailDraft {
        MailDraft(
            .recommendations,
            [
                ("count", .integer(jobs.count)), ("jobs", .array(jobs.prefix(mostRecommendations).map(\.json))),
                ("address", .string(links.page("/recommendations"))),
            ])
    }

    /// `date` is the day that the applicant chose.
    static func followUp(title: String, company: String, date: String, days: Int, notes: String, _ links: MailLinks) -> MailDraft {
        MailDraft(
            .followUp,
            [
                ("title", .string(title)), ("company", .string(company)), ("date", .string(date)), ("days", .integer(days)),
                ("notes", .string(notes)), ("address", .string(links.page("/applications"))),
            ])
    }

    /// `period` is "day" or "week".
    static func digest(period: String, items: [(title: String, message: String)], _ links: MailLinks) -> MailDraft {
        MailDraft(
            .digest,
            [
                ("period", .string(period)), ("count", .integer(items.count)),
                ("items", .array(items.map { ["title": .string($0.title), "message": .string($0.message)] })),
                ("settings_address", .string(links.page("/settings/notifications"))),
            ])
    }
}
