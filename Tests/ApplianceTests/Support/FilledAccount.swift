import Platform

@testable import Appliance

/// An account with rows wherever an account can have some, full of words that nobody else uses.
struct FilledAccount: Sendable {
    let user: TestUser
    let owner: Owner
    /// The session in which it talked.
    let session: String
    /// Texts by which its rows are known in a file: the tag and something behind it.
    let words: [String]
    /// The ids of its rows.
    let ids: [Identifier]

    /// `tag` must be a word that is in no other account.
    static func make(_ server: TestAppliance, tag: String) async throws -> FilledAccount {
        let email = "\(tag).Quux@example.org"
        _ = try await server.command("admin.invite", [("email", .string(email))])
        let user = try await server.register(email)
        _ = try await server.login(email, headers: [("User-Agent", "\(tag)-browser/9")])
        _ = try await user.patch("/api/v1/auth/me/", #"{"first_name":"\#(tag)-first","last_name":"\#(tag)-last"}"#)
        let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
        _ = try await user.patch(
            "/api/v1/auth/profiles/\(profile)/",
            #"{"current_title":"\#(tag)-title","skills":["\#(tag)-skill"],"cover_letter_template":"\#(tag)-letter","phone":"\#(tag)-1"}"#)

        let first = try await user.post(
            "/api/v1/chat/send/", #"{"content":"\#(tag)-question"}"#, headers: [("Idempotency-Key", "\(tag)-key")]
        ).json
        let session = first["session_id"]?.string ?? ""
        for number in 1...5 {
            let text = String(repeating: "\(tag)-long \(number) ", count: 40 * number)
            _ = try await user.post("/api/v1/chat/send/", #"{"content":"\#(text)","session_id":"\#(session)"}"#)
        }
        _ = try await user.patch("/api/v1/chat/sessions/\(session)/", #"{"title":"\#(tag)-session"}"#)
        let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"\#(tag)-later"}"#).json
        let task = taken["task_id"]?.string ?? ""
        guard try await eventually({ try await user.get("/api/v1/tasks/\(task)/").json["status"] == "SUCCESS" }) else {
            throw HarnessError(message: "the question of \(email) got no answer")
        }

        _ = try await user.put("/api/v1/notifications/settings/", #"{"frequency":"weekly"}"#)
        // Switched off, so that nothing is ever sent to it.
        let body =
            #"{"kind":"ntfy","name":"\#(tag)-target","url":"https://localhost/\#(tag)-hook","token":"\#(tag)-token","enabled":false}"#
        let target = try await user.post("/api/v1/notifications/targets/", body).json["id"]?.string ?? ""
        let notification = try await server.notify(email, "\(tag)-news", kind: .reminder, data: ["about": .string("\(tag)-data")])
        guard let owner = try server.database.accountOwner(email) else { throw HarnessError(message: "\(email) is gone") }
        guard try await eventually({ try server.database.read { try DigestStore.isWaiting(of: owner, in: $0) } }) else {
            throw HarnessError(message: "the notification of \(email) does not wait for the digest")
        }
        try await server.database.write { tx in
            try NotificationDeliveryStore.add(.failed, of: notification, by: .mail, detail: "\(tag)-delivery", in: tx)
            try ModerationStore.add(.input, categories: ["\(tag)-category"], of: owner, in: tx)
            try TokenLedger.add(7, of: owner, in: tx)
        }
        _ = try await server.noteAttempt(of: notification, to: target, of: email, detail: "\(tag)-attempt")
        let words = [
            "Quux", "quux", "browser", "first", "last", "title", "skill", "letter", "1", "key", "question", "long", "session", "later",
            "news", "data", "delivery", "category", "target", "hook", "token", "attempt",
        ].map { tag + ($0.lowercased() == "quux" ? "." : "-") + $0 }
        let ids = [user.id, session, task, target, first["user_message"]?["id"]?.string, taken["session_id"]?.string]
            .compactMap { $0.flatMap { Identifier($0) } }
        return FilledAccount(user: user, owner: owner, session: session, words: words, ids: ids + [notification.id])
    }

    /// Everything by which the account could be recognised in a file.
    var traces: [[UInt8]] {
        words.map { Array($0.utf8) } + ids.map(\.bytes) + ids.map { Array($0.description.utf8) }
            + ids.map { Array(Hex.encode($0.bytes).utf8) }
    }
}
