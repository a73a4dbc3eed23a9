import ArgumentParser
import Glibc
import Platform

/// `jobraker mail`: look at mails, try the way out, and let a refused address have mail again.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Look at the mails that this server writes, and try to send one.",
        subcommands: [Preview.self, Test.self, Allow.self])

    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a mail as its template makes it, filled with an example.",
            discussion: "Reads the configuration and its mail.templates; sends nothing. Exit status 2: a template has a mistake.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "One of \(MailKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        var name: String
        @Flag(name: .long, help: "Print the HTML instead of the text.")
        var html = false
        @Flag(name: .long, help: "Print the whole mail as it is sent.")
        var raw = false

        func run() throws {
            let loaded = try options.load()
            Terminal.write(try output(loaded), to: STDOUT_FILENO)
        }

        func output(_ loaded: LoadedConfiguration) throws -> String {
            let mail = try MailCommand.sample(try MailCommand.kind(name), to: "zoe@example.org", loaded)
            if raw { return String(decoding: mail.bytes, as: UTF8.self) }
            if options.json {
                let parts: JSONValue = [
                    "subject": .string(mail.subject.text), "text": .string(mail.text), "html": .string(mail.html),
                ]
                return parts.jsonText + "\n"
            }
            return html ? mail.html : "Subject: \(mail.subject.text)\n\n\(mail.text)"
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send an example to an address, now, and say what the mail server answered.",
            discussion: "Goes past the queue and its limits, and needs no running server. Exit status 1: it was not sent.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The address to send to.")
        var address: String
        @Option(name: .long, help: "Which mail: one of \(MailKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        var template = MailKind.welcome.rawValue

        func run() async throws {
            let loaded = try options.load()
            guard loaded.values.mail.isConfigured else {
                throw CommandRunner.exit(CommandFailure("mail.host is not set: this server sends no mail", exit: 2))
            }
            let mail = try MailCommand.sample(try MailCommand.kind(template), to: address, loaded)
            let sender = SMTPSender()
            let failure: SMTPFailure?
            do {
                try await sender.send(SMTPMessage(mail), to: loaded.values.mailServer)
                failure = nil
            } catch { failure = error }
            await withCheckedContinuation { continuation in
                BlockingWork.run {
                    sender.stop()
                    continuation.resume()
                }
            }
            if let failure { throw CommandRunner.exit(CommandFailure(PrintableText.clean(MailFailure(failure).operatorDetail))) }
            let result: JSONValue = ["address": .string(address), "message_id": .string(mail.messageID), "status": "sent"]
            Terminal.print(
                options.json ? result.jsonText : "The mail server has taken \(mail.messageID) for \(PrintableText.clean(address)).")
        }
    }

    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let mail go again to an address that its mail server has refused.",
            discussion: "Mails that were refused meanwhile are not sent.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The account's e-mail address.")
        var email: String

        func run() async throws {
            let request = ControlRequest(command: "mail.allow", arguments: ["email": .string(email)])
            let result = try await CommandRunner(options: options).run(request)
            if options.json { return Terminal.print(result.jsonText) }
            let shown = PrintableText.clean(email)
            Terminal.print(result["was_refused"]?.bool == true ? "\(shown) gets mail again" : "\(shown) was not refused")
        }
    }

    static func kind(_ name: String) throws -> MailKind {
        if let kind = MailKind(rawValue: name) { return kind }
        let all = MailKind.allCases.map(\.rawValue)
        let nearest = NearestName.of(name, among: all).map { "; did you mean \($0)?" } ?? ""
        throw CommandRunner.exit(CommandFailure("there is no mail \(PrintableText.quoted(name))" + nearest, exit: 2))
    }

    /// An example of a mail by the configuration's templates. Without a sender's address one of no domain stands in.
    static func sample(_ kind: MailKind, to address: String, _ loaded: LoadedConfiguration) throws -> MailMessage {
        let templates: MailTemplates
        do { templates = try CurrentMailTemplates.load(loaded) } catch {
            Terminal.error(error.text)
            throw ExitCode(2)
        }
        guard let to = MailAddress(address),
            let from = MailAddress(loaded.values.mail.from.isEmpty ? "jobraker@localhost" : loaded.values.mail.from)
        else { throw CommandRunner.exit(CommandFailure("mail cannot be sent to \(PrintableText.quoted(address))", exit: 2)) }
        let links = loaded.values.mailLinks.site.isEmpty ? MailSample.links : loaded.values.mailLinks
        let values = MailValues(service: loaded.values.mailName, links: links, name: "Zoë Müller", email: address)
            .all(MailSample.draft(kind), code: MailSample.code, unsubscribe: MailSample.code)
        guard let filled = templates.fill(kind, values) else { throw ExitCode(2) }
        let clock = SystemClock()
        return MailMessage(
            from: from, fromName: loaded.values.mailName, to: to, toName: "Zoë Müller", subject: filled.subject, text: filled.text,
            html: filled.html, id: Identifier(v7: clock.now(), random: SystemRandom()), date: clock.now(),
            unsubscribe: kind.isDigest ? links.unsubscribe(token: MailSample.code) : nil)
    }
}
