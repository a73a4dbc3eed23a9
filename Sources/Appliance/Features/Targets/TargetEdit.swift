import Platform

/// A target as its owner writes it: with the token, which no answer holds.
struct TargetEdit: Sendable, Equatable {
    var target: NotificationTarget
    /// Nil: none, or not the one that is stored.
    var token: String?
    /// Whether the body speaks of the token.
    var namesToken = false

    init(_ target: NotificationTarget) { self.target = target }

    static let resource = Resource<TargetEdit>(
        name: "NotificationTarget",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.target.id) },
            .choice(
                "kind", NotificationTarget.Kind.allCases.map(\.rawValue), get: { $0.target.kind.rawValue },
                set: { $0.target.kind = NotificationTarget.Kind(rawValue: $1) ?? .webhook }),
            .text("name", max: NotificationTarget.longestName, get: { $0.target.name }, set: { $0.target.name = $1 }),
            .text("url", max: NotificationTarget.longestURL, get: { $0.target.url }, set: { $0.target.url = $1 }),
            .text(
                "token", max: NotificationTarget.longestToken, required: false, nullable: true, blank: true,
                set: {
                    $0.token = $1?.isEmpty == true ? nil : $1
                    $0.namesToken = true
                }),
            .boolean(
                "enabled", required: false, default: true, get: { $0.target.isEnabled }, set: { $0.target.setEnabled($1) }),
            .readOnly("created_at", .datetime) { $1.timestamp($0.target.createdAt) },
            moment("failing_since") { $0.failingSince }, moment("disabled_at") { $0.disabledAt },
            .readOnly("disabled_reason", nullable: true) { edit, writer in
                if let reason = edit.target.disabledReason { writer.string(reason.rawValue) } else { writer.null() }
            },
            moment("last_success_at") { $0.lastSuccessAt },
        ])

    private static func moment(_ name: String, _ value: @escaping @Sendable (NotificationTarget) -> Timestamp?) -> Field<TargetEdit> {
        .readOnly(name, .datetime, nullable: true) { edit, writer in
            if let moment = value(edit.target) { writer.timestamp(moment) } else { writer.null() }
        }
    }

    // MARK: Rules

    /// Reads a new one. Throws everything that is wrong with it, field by field.
    static func create(_ body: JSONValue, id: Identifier, at now: Timestamp, _ reach: OutboundReach) throws -> TargetEdit {
        var edit = TargetEdit(NotificationTarget(id: id, createdAt: now))
        try resource.decode(body, into: &edit, mode: .create)
        var errors = ValidationErrors()
        edit.checkAddress(reach, &errors)
        edit.checkToken(&errors)
        if edit.target.kind == .gotify, edit.token == nil { errors.add("token", tokenNeeded) }
        try errors.check()
        return edit
    }

    /// Reads what changes. With another address the token has to be given again: otherwise it would be shown to whoever is
    /// there.
    mutating func update(_ body: JSONValue, _ reach: OutboundReach) throws {
        let before = target
        try Self.resource.decode(body, into: &self, mode: .update)
        var errors = ValidationErrors()
        if target.kind != before.kind { errors.add("kind", "What kind a target is does not change.") }
        if target.url != before.url {
            checkAddress(reach, &errors)
            (target.failingSince, target.lastFailureAt) = (nil, nil)
            if !namesToken, target.kind != .webhook { namesToken = true }
        }
        checkToken(&errors)
        if target.kind == .gotify, namesToken, token == nil { errors.add("token", Self.tokenNeeded) }
        try errors.check()
    }

    private static let tokenNeeded = "Gotify needs the token of an application, also when the address changes."

    private func checkToken(_ errors: inout ValidationErrors) {
        guard let token else { return }
        if target.kind == .webhook { errors.add("token", "A webhook has no token: what it gets is signed.") }
        // What is no such character could begin a header of its own.
        if !token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { errors.add("token", "Enter letters, digits and signs without blanks.") }
    }

    private func checkAddress(_ reach: OutboundReach, _ errors: inout ValidationErrors) {
        do throws(OutboundError) {
            try PushRequest.empty(to: target.url, target.kind, reach).check()
        } catch .outOfReach {
            return errors.add("url", "This address does not belong to a machine on the public internet.")
        } catch .broken(let problem) {
            return errors.add("url", "This address cannot be used: \(problem).")
        } catch {
            return errors.add("url", "This address cannot be used.")
        }
        if target.url.contains("#") { errors.add("url", "This address cannot be used: it has a part behind #.") }
        if target.kind != .webhook, target.url.contains("?") { errors.add("url", "This address cannot be used: it has a part behind ?.") }
        if target.kind == .ntfy, !Self.namesTopic(target.url) { errors.add("url", "Enter the address of a topic: https://host/topic.") }
    }

    /// Whether one name of a topic follows the host, and nothing else.
    private static func namesTopic(_ url: String) -> Bool {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1].isEmpty else { return false }
        return 1...64 ~= parts[3].utf8.count
            && parts[3].unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
                default: false
                }
            }
    }
}
