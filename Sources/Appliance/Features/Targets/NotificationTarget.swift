import Platform

/// An address of an account's own to which its notifications are sent.
struct NotificationTarget: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        /// A program of the owner's, which gets the notification as the API shows it, signed.
        case webhook
        /// A topic of a ntfy server, and so a telephone.
        case ntfy
        /// The same with Gotify.
        case gotify

        /// Behind the others are people, who may be asleep.
        var keepsQuietHours: Bool { self != .webhook }

        var channel: NotificationDelivery.Channel { self == .webhook ? .webhook : .push }

        /// How often a notification is tried in all. What is hours late is of use to a program, and not on a telephone.
        var attempts: Int { self == .webhook ? PushWork.pauses.count + 1 : 6 }
    }

    enum DisabledReason: String, Sendable, CaseIterable {
        /// It failed for days without one success.
        case failing
        /// It said itself that it is gone for good.
        case gone
    }

    static let mostPerAccount = 10
    static let longestName = 100
    static let longestURL = 500
    static let longestToken = 200

    var rowID: Int64 = 0
    var id: Identifier
    var kind = Kind.webhook
    var name = ""
    var url = ""
    var isEnabled = true
    var createdAt: Timestamp
    /// Since when every attempt has failed.
    var failingSince: Timestamp?
    var lastFailureAt: Timestamp?
    /// When the server switched it off, and why; nil where its owner did.
    var disabledAt: Timestamp?
    var disabledReason: DisabledReason?
    var lastSuccessAt: Timestamp?
}

// MARK: - Failing

extension NotificationTarget {
    /// After so long without a success it is switched off.
    static let failingSeconds = 5 * 86_400
    /// Longer than the longest pause between two attempts. When nothing was tried for longer than that, nobody knows whether
    /// it failed all the time, and the days are counted anew.
    static let silenceSeconds = 2 * 86_400

    mutating func noteSuccess(at now: Timestamp) {
        (failingSince, lastFailureAt, lastSuccessAt) = (nil, nil, now)
    }

    /// Notes a failed attempt; true when the target is switched off by it.
    mutating func noteFailure(isGone: Bool, at now: Timestamp) -> Bool {
        // A moment of the time to come is of a clock that was ahead, and counts for nothing.
        let isFresh = lastFailureAt.map { $0 > now || $0.adding(seconds: Self.silenceSeconds) < now } ?? true
        let since = isFresh ? now : failingSince ?? now
        (failingSince, lastFailureAt) = (since, now)
        guard isEnabled, isGone || since.adding(seconds: Self.failingSeconds) <= now else { return false }
        (isEnabled, disabledAt, disabledReason) = (false, now, isGone ? .gone : .failing)
        return true
    }

    /// Switches it on or off in its owner's name. What was before that does not count against it any more.
    mutating func setEnabled(_ isEnabled: Bool) {
        guard isEnabled != self.isEnabled else { return }
        self.isEnabled = isEnabled
        (disabledAt, disabledReason, failingSince, lastFailureAt) = (nil, nil, nil, nil)
    }

    /// What the owner is told when the server has switched it off.
    var disabledNotice: Notification.New {
        let reason =
            switch disabledReason {
            case .gone: "It answered that it is gone for good (410)."
            case .failing, nil: "Nothing could be delivered to it for five days."
            }
        return Notification.New(
            kind: .systemMessage, title: "A notification target was switched off: \(name)",
            message: "\(reason) Switch it on again when it is mended.",
            data: .object(
                JSONObject([
                    ("target_id", .string(id.description)), ("reason", .string((disabledReason ?? .failing).rawValue)),
                ])))
    }
}
