import Platform

/// What every template may name, beside what is its mail's own.
struct MailValues: Sendable {
    /// What mails call the service.
    let service: String
    let links: MailLinks
    let name: String
    let email: String

    /// - Parameters:
    ///   - code: the token of the mail's link.
    ///   - unsubscribe: the token that calls such mails off.
    func all(_ draft: MailDraft, code: String?, unsubscribe: String?) -> JSONObject {
        var values = links.whole(draft.values)
        values.append("service", .string(service))
        values.append("site", .string(links.site))
        values.append("name", .string(name))
        values.append("email", .string(email))
        if draft.kind == .emailVerification || draft.kind == .passwordReset {
            let page = draft.kind == .passwordReset ? "/reset-password" : "/verify-email"
            values.append("code", .string(code ?? ""))
            values.append("address", .string(code.map { links.page(page, token: $0) } ?? ""))
        }
        if draft.kind.isDigest {
            values.append("stop_address", .string(unsubscribe.flatMap { links.unsubscribe(token: $0) }?.text ?? ""))
        }
        return values
    }
}
