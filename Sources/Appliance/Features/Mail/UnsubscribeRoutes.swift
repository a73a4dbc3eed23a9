import Platform

/// `/api/v1/notifications/unsubscribe/`: ends notifications by mail, for whoever brings the link of a digest.
///
/// A digest is all the notifications by mail that there are. Were it the digest alone that ended, what it gathered would come as
/// a mail each: more mails for who wants none. Mails about the account itself (a new password) go on.
///
/// A mail program asks with POST, by itself (RFC 8058). A person who follows the link comes with GET, and so do programs
/// that look at every link of a mail; so GET changes nothing, and shows a button.
struct UnsubscribeRoutes: Sendable {
    static let path = "/api/v1/notifications/unsubscribe/"

    let database: Database
    let key: MailTokenKey

    var routes: [Route] {
        [
            .post(Self.path, access: .anyone, body: .none, summary: "End notifications by mail, by a digest's link", handler: unsubscribe)
                .asks(token).returns(200, AccountDocs.message),
            .get(Self.path, access: .anyone, summary: "Ask whether to end such mails", produces: ["text/html"]) { _ in Self.page }
                .asks(token).returns(200, .text, "A page with a button.", as: ["text/html"]),
        ]
    }

    private var token: Operation.Parameter { Operation.Parameter("token", .text(max: 64), "What the link of a digest carries.") }

    private static let invalid = ValidationErrors("token", "This link is not valid.")

    @Sendable private func unsubscribe(_ request: HTTPRequest) async throws -> HTTPAnswer {
        guard let id = request.query("token").flatMap({ key.account(ofUnsubscribe: $0) }) else { throw Self.invalid }
        let isKnown = try await database.write { transaction in
            guard let owner = try AccountStore.owners(ids: [id], in: transaction)[id] else { return false }
            var settings = try NotificationSettingsStore.settings(of: owner, in: transaction)
            guard settings.emailNotifications else { return true }
            settings.emailNotifications = false
            try NotificationSettingsStore.set(settings, of: owner, in: transaction)
            try MailDelivery.settingsChanged(settings, of: owner, in: transaction)
            return true
        }
        guard isKnown else { throw Self.invalid }
        return .json { $0.object { $0.field("message", "You will get no more notifications by mail.") } }
    }

    /// The form goes to the address that the page itself has, with its token.
    private static let page = HTTPAnswer.text(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>No more notifications by mail</title></head>
        <body><p>Do you want no more notifications by mail?</p>
        <form method="post"><button>No more of these mails</button></form></body>
        </html>

        """, type: "text/html; charset=utf-8"
    ).with("Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}
