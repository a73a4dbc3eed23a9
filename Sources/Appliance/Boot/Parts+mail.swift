import Platform

/// What sends mail, and what writes it.
struct MailParts: Sendable {
    let templates: CurrentMailTemplates
    let writer: MailWriter
    let outbox: MailOutbox
    let sender = SMTPSender()
    let counters = MailCounters()

    var accounts: AccountMails { AccountMails(outbox: outbox, key: writer.key) }

    static func open(_ core: Core, _ templates: CurrentMailTemplates, _ current: Appliance.Settings) async throws -> MailParts {
        let configuration: @Sendable () -> Configuration = { current.values }
        let key = try await MailTokenKey.open(core.database)
        return MailParts(
            templates: templates, writer: MailWriter(templates: templates, key: key, configuration: configuration),
            outbox: MailOutbox(configuration: configuration))
    }

    func workers(_ core: Core) -> [any Worker] {
        [
            MailWork(database: core.database, writer: writer, sender: sender, counters: counters, log: core.log),
            AccountMailWork(database: core.database, mails: accounts),
            DeliveryWork(database: core.database, outbox: outbox),
            DigestWork(outbox: outbox),
        ]
    }

    func routes(_ core: Core) -> [Route] {
        MailRoutes(database: core.database, writer: writer).routes + UnsubscribeRoutes(database: core.database, key: writer.key).routes
    }
}
