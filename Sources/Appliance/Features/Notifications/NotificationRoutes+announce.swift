import Platform

/// What the staff tell others.
extension NotificationRoutes {
    /// Named accounts are told before the answer; all of them by work that the answer names.
    @Sendable func announce(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let form = try AnnouncementForm(request.json())
        // With the body: a key is kept for a day, and the work, by which a repeat is known here, for longer.
        let key = request.headers["Idempotency-Key"].map { "\($0) \(Base64URL.encode(SHA256.hash(request.body)))" }
        let (recipients, task) = try await database.write { transaction -> (Int?, Identifier?) in
            if form.isToAll { return (nil, try AnnouncementWork.begin(form.notification, by: owner, key: key, in: transaction)) }
            let recipients = try form.recipients(in: transaction)
            for recipient in recipients { try NotificationStore.add(form.notification, for: recipient, in: transaction) }
            return (recipients.count, nil)
        }
        return .json(201) { writer in
            writer.object { writer in
                writer.field("message", task == nil ? "Announcement sent" : "Announcement is being sent")
                writer.field("recipients", recipients)
                writer.field("task_id", task)
            }
        }
    }
}
