import Platform

/// An example of what each mail is filled with: for `mail preview` and `mail test`, and what templates are held against
/// when they are read.
enum MailSample {
    static let links = MailLinks(site: "https://jobs.example.org", server: "https://jobs.example.org")

    static func draft(_ kind: MailKind) -> MailDraft {
        switch kind {
        case .welcome: .welcome(links)
        case .emailVerification, .passwordReset: MailDraft(kind, [("minutes", 30)])
        case .statusChange:
            .statusChange(title: "Bäcker <Nacht> & Co.", company: "Brötchen \"Nord\"", status: "under review", before: "submitted", links)
        case .alert: .alert(name: "Night bakers", criteria: "bread, Zürich", jobs: jobs, links)
        case .recommendations: .recommendations(jobs, links)
        case .followUp:
            .followUp(
                title: "Baker", company: "Boulangerie Émile", date: "2026-11-26", days: 7, notes: "Ask for Ms. Łukasiewicz.", links)
        case .digest:
            .digest(
                period: "day",
                items: [
                    ("Application Update: Baker at Boulangerie Émile", "Your application is now under review."), ("パン職人", "2 new jobs."),
                ],
                links)
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
            address: links.page("/jobs/01920000-0000-7000-8000-000000000000"), score: 92),
        MailDraft.JobLine(
            title: "Pâtissière", company: "Boulangerie Émile", location: "Remote", salary: "Salary not disclosed",
            address: links.page("/jobs/01920000-0000-7000-8000-000000000001"), score: 81),
    ]
}
