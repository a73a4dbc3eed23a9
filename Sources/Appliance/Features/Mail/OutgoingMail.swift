import Platform

/// A mail that was written for an account, and how far it is.
struct OutgoingMail: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// Ordered; the queue sends it.
        case queued
        case sent
        /// No mail server was configured when it was its turn. It is kept, and not sent later by itself.
        case kept
        /// The mail server refuses it for good, or its address is marked as one that takes no mail.
        case refused
        /// Given up after the last attempt.
        case failed
        /// Of no use any more before it could be sent.
        case expired

        var isFinal: Bool { self != .queued }
    }

    var rowID: Int64
    var id: Identifier
    var owner: Owner
    var draft: MailDraft
    var recipient: String
    var recipientName: String
    var state: State
    /// Why it is where it is, in a word for programs and one for people; empty while there is nothing to say.
    var code: String
    var detail: String
    var attempts: Int
    var createdAt: Timestamp
    /// It waits for then, as for the end of quiet hours.
    var notBefore: Timestamp?
    var attemptedAt: Timestamp?
    var finishedAt: Timestamp?
}
