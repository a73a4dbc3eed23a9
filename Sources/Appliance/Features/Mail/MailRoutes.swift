import Platform

/// `/api/v1/mail/outbox/`: what was written to people and what became of it, for the staff.
struct MailRoutes: Sendable {
    let database: Database
    let writer: MailWriter

    static let base = "/api/v1/mail/outbox/"
    static let mostListed = 100

    var routes: [Route] {
        [
            .get(Self.base, access: .staff, summary: "Mails, the newest first", handler: list)
                .asks(
                    Operation.Parameter("state", .choice(OutgoingMail.State.allCases.map(\.rawValue)), "Those in this state."),
                    Operation.Parameter("kind", .choice(MailKind.allCases.map(\.rawValue)), "Those of this kind."),
                    Operation.Parameter("before", .uuid, "Those older than this one, for the next page."),
                    Operation.Parameter("limit", .integer(1...Self.mostListed), "How many; 20 if not given.")
                ).returns(200, MailDocs.list),
            .get(Self.base + "{id}/", access: .staff, summary: "One mail with its texts", handler: show)
                .returns(200, MailDocs.whole),
        ]
    }

    /// Query fields that say nothing of use are passed over, as everywhere.
    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let state = request.query("state").flatMap { OutgoingMail.State(rawValue: $0) }
        let kind = request.query("kind").flatMap { MailKind(rawValue: $0) }
        let before = request.query("before").flatMap { Identifier($0) }
        let limit = min(max(request.query("limit").flatMap { Int($0) } ?? 20, 1), Self.mostListed)
        let mails = try database.read { try MailStore.list(state: state, kind: kind, before: before, limit: limit, in: $0) }
        return .json { writer in
            writer.object { writer in
                writer.field("before", mails.count == limit ? mails.last?.id : nil)
                writer.array("results") { writer in
                    for mail in mails { writer.object { Self.write(mail, into: &$0) } }
                }
            }
        }
    }

    /// The mail as it would look now. The tokens of links are not shown: each would open somebody's account.
    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        guard let id = request.parameters["id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        guard let mail = try database.read({ try MailStore.mail(id, in: $0) }) else { throw HTTPError.noMatch(model: "Mail") }
        let filled = writer.filled(mail, code: Self.hidden, account: nil)
        return .json { writer in
            writer.object { writer in
                Self.write(mail, into: &writer)
                writer.field("subject", filled?.subject)
                writer.field("text", filled?.text)
                writer.field("html", filled?.html)
            }
        }
    }

    static let hidden = "(hidden)"

    static func write(_ mail: OutgoingMail, into writer: inout JSONWriter) {
        writer.field("id", mail.id)
        writer.field("kind", mail.draft.kind.rawValue)
        writer.field("recipient", mail.recipient)
        writer.field("state", mail.state.rawValue)
        writer.field("code", mail.code.isEmpty ? nil : mail.code)
        writer.field("detail", mail.detail.isEmpty ? nil : mail.detail)
        writer.field("attempts", mail.attempts)
        writer.field("created_at", mail.createdAt)
        writer.field("not_before", mail.notBefore)
        writer.field("attempted_at", mail.attemptedAt)
        writer.field("finished_at", mail.finishedAt)
    }
}

/// The forms of these answers, for the API's document.
enum MailDocs {
    private static let members = [
        JSONSchema.Member("id", .uuid), JSONSchema.Member("kind", .choice(MailKind.allCases.map(\.rawValue))),
        JSONSchema.Member("recipient", .text), JSONSchema.Member("state", .choice(OutgoingMail.State.allCases.map(\.rawValue))),
        JSONSchema.Member("code", .nullable(.text)), JSONSchema.Member("detail", .nullable(.text)),
        JSONSchema.Member("attempts", .integer), JSONSchema.Member("created_at", .datetime),
        JSONSchema.Member("not_before", .nullable(.datetime)),
        JSONSchema.Member("attempted_at", .nullable(.datetime)), JSONSchema.Member("finished_at", .nullable(.datetime)),
    ]

    static let list = JSONSchema.object([
        JSONSchema.Member("before", .nullable(.uuid)), JSONSchema.Member("results", .array(.named("Mail", .object(members)))),
    ])

    static let whole = JSONSchema.named(
        "MailWithTexts",
        .object(
            members + [
                JSONSchema.Member("subject", .nullable(.text)), JSONSchema.Member("text", .nullable(.text)),
                JSONSchema.Member("html", .nullable(.text)),
            ]))
}
