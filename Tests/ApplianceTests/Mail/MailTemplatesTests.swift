import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite struct MailTemplatesTests {
    private func problem(in directory: TemporaryDirectory) -> TemplateProblem? {
        #expect(throws: TemplateProblem.self) { try MailTemplates(directory: directory.path) }
    }

    @Test("Every built-in mail has a subject and both forms, and shows its values in each", arguments: MailKind.allCases)
    func builtIn(kind: MailKind) throws {
        let filled = try #require(try MailTemplates(directory: "").fill(kind, MailSample.values(kind)))
        #expect(!filled.subject.isEmpty && !filled.subject.contains("\n"))
        #expect(filled.text.hasPrefix("Hello Zoë Müller,\n\n") && filled.text.contains("zoe@example.org"))
        #expect(filled.html.hasPrefix("<!DOCTYPE html>") && filled.html.hasSuffix("</html>\n") && filled.html.contains("Zoë Müller"))
        for text in [filled.subject, filled.text, filled.html] { #expect(!text.contains("{{") && !text.contains("}}")) }
        // A line too many shows as a gap.
        #expect(!filled.text.contains("\n\n\n"), "\(filled.text)")
        #expect(!filled.html.contains("<Nacht>") && !filled.html.contains("javascript:"))
    }

    @Test(
        "Subjects are the original server's",
        arguments: [
            (MailKind.welcome, "Welcome to Jobraker!"), (.passwordReset, "Password Reset - Jobraker"),
            (.statusChange, "Application Update: Bäcker <Nacht> & Co. at Brötchen \"Nord\""),
            (.alert, "New Job Alert: 2 matching jobs found"), (.recommendations, "New Job Recommendations - 2 matches found"),
            (.followUp, "Follow-up Reminder: Baker at Boulangerie Émile"), (.notice, "Pâtissière: your week in applications"),
            (.digest, "Your Jobraker digest - 2 new"),
        ])
    func subjects(kind: MailKind, subject: String) throws {
        #expect(try MailTemplates(directory: "").fill(kind, MailSample.values(kind))?.subject == subject)
    }

    @Test("What is there of a mail is shown, and what is not leaves no trace")
    func parts() throws {
        let templates = try MailTemplates(directory: "")
        let nowhere = MailLinks(site: "", server: "")
        let many = (1...14).map { number in
            MailDraft.JobLine(title: "Job \(number)", company: "Loaf", location: "Ulm", salary: "$1", address: "javascript:alert(1)")
        }
        let values = MailValues(service: "Jobs", links: nowhere, name: "", email: "a@b.example")
        let alert = try #require(
            templates.fill(.alert, values.all(.alert(name: "A", criteria: "", jobs: many, count: 14), code: nil, unsubscribe: nil)))
        #expect(alert.text.hasPrefix("Hello,\n") && alert.text.contains("Job 10,") && !alert.text.contains("Job 11,"))
        #expect(alert.text.contains("And 4 more.") && !alert.text.contains("It looks for") && !alert.text.contains("Your alerts:"))
        #expect(!alert.html.contains("javascript:") && !alert.text.contains("javascript:") && !alert.html.contains("<a href=\"https"))
    }

    @Test("Drafts name pages and the mail has whole addresses; a text of a user's that looks like a page stays what it is")
    func addresses() throws {
        let templates = try MailTemplates(directory: "")
        let links = MailLinks(site: "https://example.com/app/", server: "")
        let values = MailValues(service: "Jobs", links: links, name: "", email: "a@b.example")
        let line = MailDraft.JobLine(title: "/etc", company: "/", location: "Ulm", salary: "$1", address: "/jobs/1")
        let alert = try #require(
            templates.fill(.alert, values.all(.alert(name: "/A", criteria: "", jobs: [line], count: 3), code: nil, unsubscribe: nil)))
        #expect(alert.text.contains("your alert \"/A\"") && alert.text.contains("* /etc, /, Ulm\n") && alert.text.contains("And 2 more."))
        #expect(alert.text.contains("  https://example.com/app/jobs/1\n") && alert.text.contains("https://example.com/app/alerts\n"))
        #expect(alert.html.contains(#"<a href="https://example.com/app/jobs/1">/etc</a>"#))
        let last = try #require(
            templates.fill(.digest, values.all(.digest(period: nil, items: [("T", "M")], count: 1), code: nil, unsubscribe: nil)))
        #expect(last.text.contains("this is new.\n") && !last.text.contains("more") && !last.text.contains("\n\n\n"))
    }

    @Test(
        "How long ago an application was made is said in words",
        arguments: [(0, "You applied today."), (1, "You applied 1 day ago."), (7, "You applied 7 days ago.")])
    func ago(days: Int, words: String) throws {
        let draft = MailDraft.followUp(title: "Baker", company: "Loaf", date: "2026-11-26", days: days, notes: "")
        let values = MailValues(service: "Jobs", links: MailSample.links, name: "", email: "a@b.example")
        let filled = try #require(
            MailTemplates(directory: "").fill(.followUp, values.all(draft, code: nil, unsubscribe: nil)))
        #expect(filled.text.contains(words) && filled.html.contains(words) && !filled.text.contains("Your notes"))
    }

    @Test("A directory takes the place of what is in it; the rest stays built in")
    func override() throws {
        let directory = try TemporaryDirectory()
        try directory.write("Subject: Servus {{ name }}\n\nGrüß Gott, {{ name }}.\r\n", to: "welcome.txt")
        try directory.write("[{{ content }}]", to: "layout.txt")
        try directory.write("kept by an editor", to: ".welcome.txt.swp")
        try directory.write("notes", to: "README")
        let templates = try MailTemplates(directory: directory.path)
        let welcome = try #require(templates.fill(.welcome, MailSample.values(.welcome)))
        #expect(
            welcome.subject == "Servus Zoë Müller" && welcome.text == "[Grüß Gott, Zoë Müller.]" && welcome.html.contains("first steps"))
        #expect(templates.fill(.digest, MailSample.values(.digest))?.text.hasPrefix("[this is new") == true)
    }

    @Test("A mistake names its file and its line, counted from the top of the file")
    func mistakes() throws {
        let directory = try TemporaryDirectory()
        for (name, source, line, words) in [
            ("welcome.txt", "Subject: x\n\nfirst\n{{ code }}\n", 4, "there is no code here"),
            ("welcome.txt", "Subject: {{ nme }}\n\nx", 1, "there is no nme here"),
            ("welcome.txt", "Hello\n", 1, "the first line has to be \"Subject: …\""),
            ("welcome.txt", "Subject: x\ntext\nmore", 2, "the subject has to be followed by an empty line"),
            ("welcome.txt", "Subject: x", 2, "the subject has to be followed by an empty line"),
            ("welcome.html", "<p>\n<a href=\"{{ profile_address }}\">", 2, "an address in HTML needs {{ link profile_address }}"),
            ("layout.html", "{{ content }}\n{{ minutes }}", 2, "there is no minutes here"),
        ] as [(String, String, Int?, String)] {
            try directory.write(source, to: name)
            let problem = problem(in: directory)
            #expect(problem?.file == "\(directory.path)/\(name)" && problem?.line == line, "\(problem?.text ?? "")")
            #expect(problem?.words.hasPrefix(words) == true, "\(problem?.text ?? "")")
            FileSystem.remove("\(directory.path)/\(name)")
        }
        try directory.write("x", to: "layout.html")
        #expect(problem(in: directory)?.words == "a layout needs one {{ content }}, outside of all conditions")
        FileSystem.remove("\(directory.path)/layout.html")
        try directory.write("x", to: "welcom.html")
        #expect(
            problem(in: directory)?.text == "\(directory.path)/welcom.html: there is no template of that name; did you mean welcome.html?")
        #expect(throws: TemplateProblem.self) { try MailTemplates(directory: directory.path + "/none") }
    }

    @Test("A mistake stops the start and is one of the configuration, at its key; on a reload the old templates stay")
    func startAndReload() async throws {
        let directory = try TemporaryDirectory()
        try #require(FileSystem.makeDirectories(directory.path + "/mails", mode: 0o700))
        try directory.write("Subject: One\n\nx", to: "mails/welcome.txt")
        let settings = "[mail]\ntemplates = \"\(directory.path)/mails\"\n"
        try await TestAppliance.run(settings: settings, in: directory) { server in
            func subject() -> String? { server.appliance.parts.mail.templates.current.fill(.welcome, MailSample.values(.welcome))?.subject }
            #expect(subject() == "One")
            try directory.write("Subject: Two\n\n{{ oops }}", to: "mails/welcome.txt")
            let loaded = try TestAppliance.configuration(settings, in: directory)
            let errors = #expect(throws: ConfigurationErrors.self) { server.appliance.use(try CurrentMailTemplates.load(loaded)) }
            #expect(
                errors?.text.hasPrefix(
                    "\(directory.path)/config.toml:2:1: mail.templates: \(directory.path)/mails/welcome.txt:3: there is no oops") == true)
            #expect(subject() == "One")
            try directory.write("Subject: Two\n\nx", to: "mails/welcome.txt")
            server.appliance.use(try CurrentMailTemplates.load(loaded))
            #expect(subject() == "Two")
        }
        try directory.write("Subject: {{", to: "mails/welcome.txt")
        await #expect(throws: ConfigurationErrors.self) { try await TestAppliance.run(settings: settings, in: directory) { _ in } }
    }
}
