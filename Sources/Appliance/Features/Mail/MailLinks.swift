import Platform

/// The addresses in mails. They follow the configuration alone, never a request: otherwise whoever asks for somebody
/// else's new password could have the link lead to a place of their own.
struct MailLinks: Sendable, Equatable {
    /// Where people use the service, without a slash at the end; empty where nobody has said, and then there are no links.
    let site: String
    /// This server's own address, for what a mail program calls by itself.
    let server: String

    init(site: String, server: String) {
        self.site = site.hasSuffix("/") ? String(site.dropLast()) : site
        self.server = server
    }

    /// A page for people.
    func page(_ path: String) -> String { site.isEmpty ? "" : site + path }

    /// A page that takes a token. It stands behind `?`; tokens hold nothing that would have to be encoded.
    func page(_ path: String, token: String) -> String { site.isEmpty ? "" : "\(site)\(path)?token=\(token)" }

    /// Values with their addresses whole: drafts are made by features that know pages (`/jobs/…`) and not where the site is.
    /// What is an address its name says; a text of a user's is none, whatever it begins with.
    func whole(_ values: JSONObject) -> JSONObject {
        JSONObject(members: values.members.map { JSONMember(key: $0.key, value: whole($0.value, named: $0.key)) })
    }

    private func whole(_ value: JSONValue, named name: String) -> JSONValue {
        switch value {
        case .string(let path) where path.hasPrefix("/") && (name == "address" || name.hasSuffix("_address")): .string(page(path))
        case .object(let object): .object(whole(object))
        case .array(let items): .array(items.map { whole($0, named: "") })
        default: value
        }
    }

    func unsubscribe(token: String) -> OneClickAddress? {
        server.isEmpty ? nil : OneClickAddress("\(server)\(UnsubscribeRoutes.path)?token=\(token)")
    }
}

extension Configuration {
    var mailLinks: MailLinks {
        MailLinks(site: mail.siteURL.isEmpty ? server.publicURL : mail.siteURL, server: server.publicURL)
    }

    var mailServer: SMTPServer {
        SMTPServer(
            host: String(HostName.bare(mail.host)), port: mail.port, security: mail.security, user: mail.user, password: mail.password,
            authorities: mail.caFile, timeoutSeconds: mail.timeoutSeconds)
    }

    /// What mails call the service.
    var mailName: String { mail.fromName.isEmpty ? "Jobraker" : mail.fromName }
}
