import Platform

/// Hands a mail over to the mail server.
///
/// Its idempotency key is the mail's id: one that has ended is not sent again, whatever item asks for it, and the end
/// is committed together with the item's. Between the server's yes and that commit a process can die, and a connection
/// can break between the end of the mail and the server's answer; then nobody here knows whether the mail was taken,
/// and it is sent once more, as the very same mail: its `Message-ID` is made of its id, by which mail programs and many
/// servers know the second for a copy of the first.
///
/// 4xx and all that happens before the mail is spoken of is tried again; 5xx ends it, and marks the address where the
/// answer is about the address.
struct MailWork: Worker {
    static let kind = "mail.send"
    private static let hour = 3600

    let database: Database
    let writer: MailWriter
    let sender: SMTPSender
    let counters: MailCounters
    let log: Log

    var kind: String { Self.kind }
    var queue: WorkQueueName { .mail }
    /// With the pauses between them they take most of a day.
    var maximumAttempts: Int { 12 }
    var timeLimitSeconds: Int { 1300 }
    func pauseSeconds(afterAttempt attempt: Int) -> Int { WorkBackoff.doubling(first: 60, afterAttempt: attempt) }

    static func order(_ mail: Identifier, of owner: Owner, at moment: Timestamp? = nil) -> WorkOrder {
        WorkOrder(kind, payload: ["mail_id": .string(mail.description)], owner: owner, runAt: moment)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let id = item.payload["mail_id"]?.string.flatMap({ Identifier($0) }) else { return .nothing }
        let configuration = writer.configuration()
        let begun = try await database.write { try Self.begin(id, configuration.mail, in: $0) }
        switch begun {
        case .ended(let state, let code):
            return WorkOutcome { _ in ["status": .string(code.isEmpty ? state : code)] }
        case .wait(let seconds):
            // Waiting costs no attempt, of the mail as of the item.
            return .snooze(seconds: seconds)
        case .send(let mail, let account, let token):
            guard let message = writer.message(mail, token: token, account: account) else {
                return try await end(mail, as: .refused, MailFailure.unusableAddress)
            }
            return try await send(message, mail, to: configuration.mailServer, isLast: item.attempt >= maximumAttempts)
        }
    }

    // MARK: Beginning

    private enum Begun: Sendable {
        case ended(state: String, code: String)
        case wait(seconds: Int)
        case send(OutgoingMail, account: Identifier, MailToken?)
    }

    /// Looks whether the mail may go now and, if so, counts the attempt in the same transaction: of two mails at once
    /// only one gets the last place of an hour.
    private static func begin(_ id: Identifier, _ settings: MailSettings, in transaction: Transaction) throws -> Begun {
        guard let mail = try MailStore.mail(id, in: transaction), let account = try AccountStore.account(mail.owner, in: transaction)
        else { return .ended(state: "gone", code: "") }
        guard mail.state == .queued else { return .ended(state: mail.state.rawValue, code: mail.code) }
        func end(_ state: OutgoingMail.State, _ code: String, _ detail: String) throws -> Begun {
            try MailStore.set(state, mail, code: code, detail: detail, in: transaction)
            return .ended(state: state.rawValue, code: code)
        }
        let told = try MailStore.notifications(ofMail: mail.rowID, in: transaction)
        if !told.isEmpty {
            // It may have waited for hours, and whoever it is for may be of another mind by now.
            let isWanted = try NotificationSettingsStore.settings(of: mail.owner, in: transaction).emailNotifications
            guard account.isActive, isWanted else { return try end(.expired, "unwanted", "Its reader wants no such mail any more.") }
            guard try NotificationStore.hasAny(told, in: transaction) else {
                return try end(.expired, "deleted", "What it tells of was deleted.")
            }
        }
        guard settings.isConfigured else { return try end(.kept, MailOutbox.notConfigured, "No mail server is configured.") }
        let token = try mail.draft.token.flatMap { try MailTokenStore.token($0, in: transaction) }
        // A token that is gone was used, or took its mail's use with it.
        let needsToken = mail.draft.usefulUntil != nil
        if mail.draft.usefulUntil.map({ $0 <= transaction.now }) ?? false || (needsToken && token == nil) {
            return try end(.expired, "expired", "What it says was of no use any more.")
        }
        if let refusal = try MailStore.refusal(of: account, in: transaction) { return try end(.refused, "address_refused", refusal) }
        let anHourAgo = transaction.now.adding(seconds: -hour)
        let limits: [(address: String?, most: Int)] = [(nil, settings.perHour), (mail.recipient, settings.recipientPerHour)]
        for (address, most) in limits {
            let recent = try MailStore.attempts(to: address, since: anHourAgo, in: transaction)
            if recent.count >= most, let first = recent.first {
                return .wait(seconds: max(1, hour + 1 + Int(first.seconds - transaction.now.seconds)))
            }
        }
        try MailStore.noteAttempt(mail, in: transaction)
        return .send(mail, account: account.id, token)
    }

    // MARK: Sending and ending

    private func send(_ message: MailMessage, _ mail: OutgoingMail, to server: SMTPServer, isLast: Bool) async throws -> WorkOutcome {
        do {
            try await sender.send(SMTPMessage(message), to: server)
        } catch {
            let failure = MailFailure(error)
            guard case .smtp(let reason) = failure, reason != .cancelled else { throw failure }
            if failure.isPermanent { return try await end(mail, as: .refused, failure) }
            if isLast { return try await end(mail, as: .failed, failure) }
            counters.note(.deferred)
            try await database.write {
                try MailStore.set(.queued, mail, code: failure.workCode, detail: failure.operatorDetail, in: $0)
            }
            throw failure
        }
        counters.note(.sent)
        return WorkOutcome { transaction in
            try MailStore.set(.sent, mail, in: transaction)
            return ["status": "sent", "message_id": .string(message.messageID)]
        }
    }

    /// Ends a mail without having sent it. The item ends as failed as well, so that this is seen where work is looked at.
    private func end(_ mail: OutgoingMail, as state: OutgoingMail.State, _ failure: MailFailure) async throws -> WorkOutcome {
        counters.note(state == .refused ? .refused : .failed)
        log.warning(
            "A mail was not sent, and will not be.",
            ["mail_id": .string(mail.id.description), "code": .string(failure.workCode), "reason": .string(failure.operatorDetail)])
        try await database.write { transaction in
            try MailStore.set(state, mail, code: failure.workCode, detail: failure.operatorDetail, in: transaction)
            if failure.concernsRecipient { try MailStore.refuse(mail, detail: failure.operatorDetail, in: transaction) }
        }
        throw failure
    }
}
