import Platform

/// Reminds applicants of the applications that they meant to follow up by today.
///
/// A second run is harmless: that a reminder was sent is stored with it, and it is sent once a date. Its key is its kind: one
/// item waits at a time.
struct FollowUpWork: Worker {
    static let kind = "applications.follow_up"
    static let remindedAtOnce = 50
    /// Of the notes that an applicant wrote, as many characters stand in the reminder.
    static let longestNotes = 500

    let database: Database
    let clock: any PlatformClock

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let end = ApplicationDay.end(of: clock.now())
        var reminded = 0
        while true {
            try Task.checkCancellation()
            let some = try await database.write { transaction in
                let due = try ApplicationStore.followUps(before: end, limit: Self.remindedAtOnce, in: transaction)
                for followUp in due {
                    try NotificationStore.add(Self.notification(of: followUp, at: transaction.now), for: followUp.owner, in: transaction)
                    try ApplicationStore.noteReminder(followUp, in: transaction)
                }
                return due.count
            }
            reminded += some
            if some < Self.remindedAtOnce { break }
        }
        let total = reminded
        return WorkOutcome { _ in ["reminders": .integer(total)] }
    }

    static func notification(of followUp: ApplicationStore.FollowUp, at now: Timestamp) -> Notification.New {
        let days = max(0, Int(now.seconds - followUp.appliedAt.seconds) / 86_400)
        var message = "You meant to follow up by \(followUp.date.dayText). You applied \(days == 1 ? "1 day" : "\(days) days") ago."
        let notes = String(followUp.userNotes.prefix(longestNotes))
        if !notes.isEmpty { message += " Your notes: \(notes)" }
        return Notification.New(
            kind: .reminder, title: "Follow-up Reminder: \(followUp.job.title) at \(followUp.job.company)", message: message,
            data: .object(
                JSONObject([
                    ("application_id", .string(followUp.id.description)), ("job_id", .string(followUp.job.id.description)),
                    ("follow_up_date", .string(followUp.date.iso)), ("user_notes", .string(notes)),
                ])),
            mail: .followUp(
                title: followUp.job.title, company: followUp.job.company, date: followUp.date.dayText, days: days, notes: notes))
    }
}
