import Platform

/// What the applicant is told when an application's status changes.
struct ApplicationNotice: Sendable, Equatable {
    let application: Identifier
    let job: JobListItem
    let from: String
    let to: String

    var notification: Notification.New {
        Notification.New(
            kind: .applicationUpdate, title: "Application Update: \(job.title) at \(job.company)",
            message: "Your application is now \(Self.words(for: to)). Before, it was \(Self.words(for: from)).",
            data: .object(
                JSONObject([
                    ("application_id", .string(application.description)), ("job_id", .string(job.id.description)),
                    ("old_status", .string(from)), ("new_status", .string(to)),
                ])), mail: mail)
    }

    private var mail: MailDraft {
        .statusChange(title: job.title, company: job.company, status: Self.words(for: to), before: Self.words(for: from))
    }

    /// A status as part of a sentence.
    static func words(for status: String) -> String {
        switch status {
        case "submitting_via_skyvern": "being submitted automatically"
        case "interview_scheduled": "at the interview, which is scheduled"
        case "interview_completed": "past the interview"
        case "offer_received": "answered with an offer"
        case "failed_to_submit": "not submitted, as that failed"
        case "skyvern_submission_failed": "not submitted, as the automatic submission failed"
        case "skyvern_canceled": "not submitted, as the automatic submission was canceled"
        case "skyvern_requires_attention": "in need of your attention"
        default: status.replacing("_", with: " ")
        }
    }
}
