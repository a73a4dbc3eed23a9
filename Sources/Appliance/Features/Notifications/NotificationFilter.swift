import Platform

/// Which of an account's notifications a list shows.
struct NotificationFilter: Sendable, Equatable {
    var unreadOnly = false
    var kind: Notification.Kind?

    init(unreadOnly: Bool = false, kind: Notification.Kind? = nil) {
        self.unreadOnly = unreadOnly
        self.kind = kind
    }

    /// Reads the query's `unread_only` and `type`. Empty values count as none; wrong ones are told of.
    init(_ request: HTTPRequest) throws {
        var given = JSONObject()
        for name in ["unread_only", "type"] {
            if let value = request.query(name), !value.isEmpty { given.append(name, .string(value)) }
        }
        var reader = BodyReader(.object(given))
        unreadOnly = reader.boolean("unread_only", default: false)
        kind = Notification.Kind(rawValue: reader.choice("type", Notification.Kind.allCases.map(\.rawValue), default: ""))
        try reader.finish()
    }
}
