import Platform

/// What a target is shown so that it knows us, apart from the target so that no answer holds it by accident.
struct TargetKeys: Sendable, Equatable {
    /// How long the old secret still signs after a new one was made.
    static let overlapSeconds = 86_400
    static let secretBytes = 32

    /// A webhook's.
    var secret: [UInt8]?
    var previousSecret: [UInt8]?
    var previousUntil: Timestamp?
    /// ntfy's access token, or Gotify's of the application.
    var token: String?

    static func webhook(random: any RandomSource) -> TargetKeys { TargetKeys(secret: random.bytes(secretBytes)) }

    /// Makes a new secret; the one before still signs for a day, so that the receiver can change over in between. One that is
    /// older than that one goes.
    mutating func rotate(at now: Timestamp, random: any RandomSource) {
        previousSecret = secret
        previousUntil = now.adding(seconds: Self.overlapSeconds)
        secret = random.bytes(Self.secretBytes)
    }

    /// The secrets that sign now, the newest first.
    func signing(at now: Timestamp) -> [[UInt8]] {
        let previous = previousUntil.map { now < $0 } ?? false ? previousSecret : nil
        return [secret, previous].compactMap { $0 }
    }
}
