import Platform

/// What the staff tell several accounts at once.
struct AnnouncementForm: Sendable, Equatable {
    static let longestTitle = 200
    static let longestMessage = 5000
    static let longestData = 4096
    /// They are told in one transaction, which must be short. Whoever has more to tell means everybody.
    static let mostNamed = 100

    let notification: Notification.New
    /// Every open account, instead of those that are named.
    let isToAll: Bool
    let ids: [Identifier]
    let emails: [String]

    /// Reads `title`, `message`, `type`, `data`, and the recipients: `user_ids` and `emails`, or `all`.
    init(_ body: JSONValue) throws(ValidationErrors) {
        var reader = BodyReader(body)
        let title = reader.text("title", max: Self.longestTitle)
        let message = reader.text("message", max: Self.longestMessage)
        let standard = Notification.Kind.systemMessage
        let kind = reader.choice("type", Notification.Kind.allCases.map(\.rawValue), default: standard.rawValue)
        let data = reader.optionalJSON("data") ?? .object(JSONObject())
        if data.object == nil { reader.add("data", "Invalid data. Expected a dictionary, but got \(data.typeName).") }
        if data.bytes.count > Self.longestData { reader.add("data", "Ensure this field has no more than \(Self.longestData) characters.") }
        isToAll = reader.boolean("all", default: false)
        ids = Self.identifiers(reader.optionalTextList("user_ids", maxItems: Self.mostNamed, maxLength: 36) ?? [], &reader)
        emails = reader.optionalTextList("emails", maxItems: Self.mostNamed, maxLength: Account.longestEmail) ?? []
        try reader.finish()
        if isToAll != (ids.isEmpty && emails.isEmpty) {
            throw ValidationErrors(object: "Name the recipients in user_ids or emails, or set all to true; not both.")
        }
        if ids.count + emails.count > Self.mostNamed {
            throw ValidationErrors(object: "Ensure there are no more than \(Self.mostNamed) recipients.")
        }
        notification = Notification.New(kind: Notification.Kind(rawValue: kind) ?? standard, title: title, message: message, data: data)
    }

    private static func identifiers(_ texts: [String], _ reader: inout BodyReader) -> [Identifier] {
        let read = texts.compactMap { Identifier($0) }
        if read.count < texts.count { reader.add("user_ids", "Must be a valid UUID.") }
        return read
    }

    /// The named accounts, each once. Throws the names that are nobody's.
    func recipients(in reader: Reader) throws -> [Owner] {
        var errors = ValidationErrors()
        let known = try AccountStore.owners(ids: ids, in: reader)
        var found = ids.compactMap { known[$0] }
        let strangers = ids.filter { known[$0] == nil }.map(\.description)
        if !strangers.isEmpty { errors.add("user_ids", "Users not found: \(strangers.joined(separator: ", ")).") }
        var unknown: [String] = []
        for email in emails {
            if let account = try AccountStore.account(email: email, in: reader) {
                found.append(account.owner)
            } else {
                unknown.append(email)
            }
        }
        if !unknown.isEmpty { errors.add("emails", "Users not found: \(unknown.joined(separator: ", ")).") }
        try errors.check()
        var seen: Set<Owner> = []
        return found.filter { seen.insert($0).inserted }
    }
}

/// An announcement to everybody that is under way.
struct Announcement: Sendable, Equatable {
    var rowID: Int64
    var notification: Notification.New
    /// The accounts are gone through in the order in which they were made: so far, and no further than that one.
    var lastAccount: Int64
    var throughAccount: Int64
    var recipients: Int
}
