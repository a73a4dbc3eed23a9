import Platform

/// The one description of an application's fields.
///
/// The server alone writes what an automatic submission reports (`skyvern_*`, `submission_logs`), the score and the
/// reminder's time. `status`, `auto_applied`, `ai_generated_cover_letter`, `application_type` and `applied_at` are the
/// client's, as they always were: people also note here what they did elsewhere, and nothing that the server decides
/// hangs on them (the daily limit of automatic applications counts orders, not these). `resume_used` names no file yet.
enum ApplicationResource {
    static let description = Resource<Application>(
        name: "Application",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("user", .identifier) { $1.identifier($0.user) },
            .readOnly("job", .object) { application, writer in
                if let job = application.job { job.write(into: &writer) } else { writer.null() }
            },
            .identifier("job_id", set: { $0.request.jobID = $1 }),
            .choice("status", Application.statuses, required: false, default: "pending", get: { $0.status }, set: { $0.status = $1 }),
            .text("status_note", max: Application.longestNote, required: false, blank: true, set: { $0.request.note = $1 }),
            .choice(
                "application_type", Application.types, required: false, default: "manual", get: { $0.applicationType },
                set: { $0.applicationType = $1 }),
            .readOnly("resume_used", .url, nullable: true) { $1.null() },
            text("cover_letter", get: { $0.coverLetter }, set: { $0.coverLetter = $1 }),
            .json(
                "additional_documents", required: false, default: [], get: { $0.additionalDocuments }, set: { $0.additionalDocuments = $1 }),
            .url("application_url", required: false, blank: true, get: { $0.applicationURL }, set: { $0.applicationURL = $1 }),
            .text(
                "external_application_id", max: 100, required: false, blank: true, get: { $0.externalApplicationID },
                set: { $0.externalApplicationID = $1 }),
            .readOnly("match_score", .number, nullable: true) { application, writer in
                if let score = application.matchScore { writer.double(score) } else { writer.null() }
            },
            .boolean("auto_applied", required: false, default: false, get: { $0.autoApplied }, set: { $0.autoApplied = $1 }),
            .boolean(
                "ai_generated_cover_letter", required: false, default: false, get: { $0.aiGeneratedCoverLetter },
                set: { $0.aiGeneratedCoverLetter = $1 }),
            date("last_contact_date", get: { $0.lastContactDate }, set: { $0.lastContactDate = $1 }),
            date("interview_date", get: { $0.interviewDate }, set: { $0.interviewDate = $1 }),
            date("follow_up_date", get: { $0.followUpDate }, set: { $0.followUpDate = $1 }),
            .readOnly("skyvern_task_id") { $1.string($0.skyvernTaskID) },
            .readOnly("skyvern_response_data", .json, nullable: true) { $1.value($0.skyvernResponseData ?? .null) },
            .readOnly("submission_logs", .json) { $1.value($0.submissionLogs) },
            text("notes", get: { $0.notes }, set: { $0.notes = $1 }),
            text("user_notes", get: { $0.userNotes }, set: { $0.userNotes = $1 }),
            text("feedback_received", get: { $0.feedbackReceived }, set: { $0.feedbackReceived = $1 }),
            // The empty text is another way of saying that there is none.
            .choice(
                "user_defined_status", Application.userDefinedStatuses, required: false, nullable: true, allowBlank: true,
                get: { $0.userDefinedStatus }, set: { $0.userDefinedStatus = $1?.isEmpty == true ? nil : $1 }),
            .json(
                "interview_details", required: false, nullable: true, default: [], get: { $0.interviewDetails },
                set: { $0.interviewDetails = $1 }),
            .json("offer_details", required: false, nullable: true, default: [:], get: { $0.offerDetails }, set: { $0.offerDetails = $1 }),
            .readOnly("follow_up_reminder_sent_at", .datetime, nullable: true) { write($0.followUpReminderSentAt, into: &$1) },
            date("applied_at", get: { $0.appliedAt }, set: { $0.appliedAt = $1 }),
            .readOnly("created_at", .datetime) { $1.timestamp($0.createdAt) },
            .readOnly("updated_at", .datetime) { $1.timestamp($0.updatedAt) },
        ])

    private static func text(
        _ name: String, get: @escaping Field<Application>.Getter<String>, set: @escaping Field<Application>.Setter<String>
    ) -> Field<Application> {
        .text(name, max: Application.longestText, required: false, blank: true, get: get, set: set)
    }

    private static func date(
        _ name: String, get: @escaping Field<Application>.Getter<Timestamp?>, set: @escaping Field<Application>.Setter<Timestamp?>
    ) -> Field<Application> {
        .datetime(name, required: false, nullable: true, get: get, set: set)
    }

    private static func write(_ time: Timestamp?, into writer: inout JSONWriter) {
        if let time { writer.timestamp(time) } else { writer.null() }
    }
}
