import Platform

/// What proves to a webhook's receiver who sent a body, and when: the headers of the Standard Webhooks specification.
struct WebhookSignature: Sendable {
    /// The secret as its owner gets it, once.
    static func text(ofSecret secret: [UInt8]) -> String { "whsec_" + Base64.encode(secret) }

    /// The same for each attempt at one notification and one target, and for its replays: what a receiver can know a second
    /// one by. Two targets have different ones, so that they tell nothing of each other.
    static func id(of notification: Identifier, to target: Identifier) -> String {
        "msg_" + Hex.encode(Array(SHA256.hash(target.bytes + notification.bytes)[..<16]))
    }

    let headers: [(name: String, value: String)]

    /// One signature for each secret; the receiver needs to know one of them.
    init(id: String, at moment: Timestamp, body: [UInt8], secrets: [[UInt8]]) {
        let signed = Array("\(id).\(moment.seconds).".utf8) + body
        let signatures = secrets.map { "v1," + Base64.encode(HMACSHA256.tag(key: $0, message: signed)) }
        headers = [
            ("webhook-id", id), ("webhook-timestamp", "\(moment.seconds)"), ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
