import Platform
import TestSupport
import Testing

@testable import Appliance

extension Database {
    /// What was written to an address, the oldest first.
    func mails(to email: String) throws -> [OutgoingMail] {
        try read { reader in
            guard let account = try AccountStore.account(email: email, in: reader) else { return [] }
            var mails: [OutgoingMail] = []
            try MailStore.each(of: account.owner, in: reader) { mails.append($0) }
            return mails
        }
    }
}

/// An appliance that hands its mail to a stub.
struct MailingAppliance: Sendable {
    let server: TestAppliance
    let stub: StubMailServer

    /// Starts both, runs `body`, and stops both. `settings` is more of the table `[mail]`, `tables` are others.
    static func run(
        _ behaviours: [StubMailServer.Behaviour] = [.take], settings: String = "", tables: String = "",
        _ body: (MailingAppliance) async throws -> Void
    ) async throws {
        try await StubMailServer.with(behaviours) { stub in
            let text = """
                [mail]
                host = "127.0.0.1"
                port = \(stub.port)
                security = "none"
                from = "jobs@example.com"
                from_name = "Bäckerjobs"
                site_url = "https://app.example.com/jobs"
                \(settings)
                \(tables)
                """
            try await TestAppliance.run(settings: text) { server in
                try await body(MailingAppliance(server: server, stub: stub))
            }
        }
    }

    var outbox: MailOutbox { server.appliance.parts.mail.outbox }

    /// Writes a mail to an account that is there.
    @discardableResult
    func post(_ draft: MailDraft, to email: String = "staff@example.org") async throws -> Identifier {
        let outbox = self.outbox
        return try await server.database.write { transaction in
            let account = try #require(try AccountStore.account(email: email, in: transaction))
            return try outbox.post(draft, to: account, in: transaction)
        }
    }

    func mail(_ id: Identifier) throws -> OutgoingMail? { try server.database.read { try MailStore.mail(id, in: $0) } }

    func until(_ id: Identifier, _ isSo: (OutgoingMail) -> Bool) async throws -> OutgoingMail {
        var last: OutgoingMail?
        let cameAbout = try await eventually {
            last = try self.mail(id)
            return last.map(isSo) ?? false
        }
        let mail = try #require(last)
        #expect(cameAbout, "the mail is \(mail.state), \(mail.code): \(mail.detail)")
        return mail
    }

    func until(_ id: Identifier, is state: OutgoingMail.State) async throws -> OutgoingMail { try await until(id) { $0.state == state } }

    /// Moves the clock and lets the queue look.
    func advance(seconds: Int) {
        server.clock.advance(seconds: seconds)
        server.appliance.parts.queue.wake()
    }

    /// Waits until so many mails of that subject have come, and returns the newest.
    func received(_ subject: String, count: Int = 1) async throws -> ReceivedMail {
        func found() -> [ReceivedMail] { stub.mails.filter { $0.header("Subject")?.hasPrefix(subject) == true } }
        #expect(try await eventually { found().count >= count }, "\(stub.mails.map { $0.header("Subject") ?? "" })")
        return try #require(found().last)
    }

    func idle() async throws { try await server.idle() }

    /// Waits until an attempt at the mail has failed and the next one is set. Only from then on may the clock be moved.
    func untilDeferred(_ id: Identifier, attempts: Int = 1) async throws -> OutgoingMail {
        let waiting = "SELECT count(*) FROM work_items WHERE kind = 'mail.send' AND state = 'retry' AND attempts = \(attempts)"
        #expect(try await eventually { try await server.count(waiting) == 1 })
        return try await until(id) { $0.attempts == attempts && !$0.code.isEmpty }
    }
}

extension ReceivedMail {
    /// The code that it gives for programs.
    var code: String? {
        text.firstRange(of: "this code: ").map { String(text[$0.upperBound...].prefix { $0 != "\r\n" && $0 != " " }) }
    }
}
