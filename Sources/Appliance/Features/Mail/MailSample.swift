import Platform

/// An example of what each mail is filled with: for `mail preview` and `mail test`, and what templates are held against
/// when they are read.
enum MailSample {
    static let links = MailLinks(site: "https://jobs.example.org", server: "https://jobs.example.org")

    static func draft(_ kind: MailKind) -> MailDraft {
        switch kind {
        case .welcome: .welcome
        case .emailVerification, .passwordReset: MailDraft(kind, [("minutes", 30)])
        case .statusChange:
            .statusChange(title: "Bäcker <Nacht> & Co.", company: "Brötchen \"Nord\"", status: "under review", before: "submitted")
        case .alert: .alert(name: "Night bakers", criteria: "bread, in Zürich", jobs: jobs, count: jobs.count)
        case .recommendations: .recommendations(jobs, count: jobs.count)
        case .followUp:
            .followUp(title: "Baker", company: "Boulangerie Émile", date: "2026-11-26", days: 7, notes: "Ask for Ms. Łukasiewicz.")
        case .notice:
            .notice(
                title: "Pâtissière: your week in applications", message: "The last seven days: 2 applications.\n<Nacht> & パン職人.",
                address: "/notifications")
        case .digest:
            .digest(
                period: "daily",
                items: [
                    ("Application Update: Baker at Boulangerie Émile", "Your application is now under review."), ("パン職人", "2 new jobs."),
                ], count: 2)
        }
    }

    static let code = "sample-code-that-opens-nothing"

    /// All that a template of that kind may name.
    static func values(_ kind: MailKind, links: MailLinks = links) -> JSONObject {
        MailValues(service: "Jobraker", links: links, name: "Zoë Müller", email: "zoe@example.org").all(
            draft(kind), code: code, unsubscribe: code)
    }

    private static let jobs = [
        MailDraft.JobLine(
            title: "Bäcker <Nacht> & Co.", company: "Brötchen \"Nord\"", location: "Zürich", salary: "$50,000 - $60,000 yearly",
            address: "/jobs/01920000-0000-7000-8000-000000000000", score: 92),
        MailDraft.JobLine(
            title: "Pâtissière", company: "Boulangerie Émile", location: "Remote", salary: "Salary not disclosed",
            address: "/jobs/01920000-0000-7000-8000-000000000001", score: 81),
    ]
}
