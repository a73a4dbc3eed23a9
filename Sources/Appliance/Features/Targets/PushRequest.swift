import Platform

/// The request by which a target gets a message.
enum PushRequest {
    static func make(
        _ message: PushMessage, to target: NotificationTarget, _ keys: TargetKeys, _ links: MailLinks, at now: Timestamp,
        reach: OutboundReach
    ) -> OutboundRequest {
        var request = empty(to: target.url, target.kind, reach)
        switch target.kind {
        case .webhook:
            let body = message.webhookBody
            let id = WebhookSignature.id(of: message.notification.id, to: target.id)
            request.body = body
            request.headers =
                [("Content-Type", "application/json")]
                + WebhookSignature(id: id, at: now, body: body, secrets: keys.signing(at: now)).headers
        case .ntfy:
            request.body = Array(message.text.utf8)
            request.headers = [
                ("Content-Type", "text/plain; charset=utf-8"), ("Title", MailHeaderText(message.title).oneLine),
                ("Priority", message.isUrgent ? "4" : "3"), ("Tags", message.tag),
            ]
            let address = message.address(links)
            if !address.isEmpty { request.headers.append(("Click", address)) }
            if let token = keys.token { request.headers.append(("Authorization", "Bearer \(token)")) }
        case .gotify:
            let body: JSONValue = [
                "title": .string(message.title), "message": .string(message.text), "priority": .integer(message.isUrgent ? 8 : 5),
            ]
            request.body = body.bytes
            request.headers = [("Content-Type", "application/json"), ("X-Gotify-Key", keys.token ?? "")]
        }
        return request
    }

    /// Without what is said. A breaker has no place here: attempts at one target are minutes apart, and one account's broken
    /// target must not stop another's at the same host.
    static func empty(to url: String, _ kind: NotificationTarget.Kind, _ reach: OutboundReach) -> OutboundRequest {
        let address = kind == .gotify ? url + (url.hasSuffix("/") ? "message" : "/message") : url
        let total = kind == .webhook ? 5000 : 10_000
        return OutboundRequest(
            method: "POST", url: address,
            limits: OutboundLimits(connect: 5000, firstByte: total, idle: total, total: total, maximumResponseBytes: 64 << 10),
            breaker: nil, reach: reach)
    }
}
