import Platform

/// Applications as files: one JSON object a line, or a table of comma-separated values.
///
/// Both forms hold the same applications; the table puts of each job what tells it apart, and JSON where a field holds a
/// structure. It serves the account's own export and, with the applications of all accounts, the operator's.
enum ApplicationExport {
    enum Format: String, Sendable, CaseIterable {
        case jsonl, csv

        var mediaType: String {
            switch self {
            case .jsonl: "application/x-ndjson"
            case .csv: "text/csv; charset=utf-8"
            }
        }
    }

    /// One column of the table.
    struct Column: Sendable {
        let name: String
        let text: @Sendable (Application) -> String
    }

    /// What the file begins with: nothing, or the names of the columns.
    static func head(_ format: Format) -> [UInt8] { format == .csv ? row(columns.map(\.name)) : [] }

    /// One application as its line.
    static func line(_ application: Application, _ format: Format) -> [UInt8] {
        switch format {
        case .jsonl:
            var writer = JSONWriter()
            ApplicationResource.description.write(application, into: &writer)
            return writer.bytes + [UInt8(ascii: "\n")]
        case .csv:
            return row(columns.map { $0.text(application) })
        }
    }

    static let columns: [Column] = [
        Column(name: "id") { $0.id.description },
        Column(name: "user") { $0.user.description },
        Column(name: "job_id") { $0.job?.id.description ?? "" },
        Column(name: "job_title") { $0.job?.title ?? "" },
        Column(name: "job_company") { $0.job?.company ?? "" },
        Column(name: "job_location") { $0.job?.location ?? "" },
        Column(name: "job_url") { $0.job?.externalURL ?? "" },
        Column(name: "status") { $0.status },
        Column(name: "user_defined_status") { $0.userDefinedStatus ?? "" },
        Column(name: "application_type") { $0.applicationType },
        Column(name: "cover_letter") { $0.coverLetter },
        Column(name: "additional_documents") { $0.additionalDocuments.jsonText },
        Column(name: "application_url") { $0.applicationURL },
        Column(name: "external_application_id") { $0.externalApplicationID },
        Column(name: "match_score") { $0.matchScore?.description ?? "" },
        Column(name: "auto_applied") { "\($0.autoApplied)" },
        Column(name: "ai_generated_cover_letter") { "\($0.aiGeneratedCoverLetter)" },
        Column(name: "last_contact_date") { $0.lastContactDate?.iso ?? "" },
        Column(name: "interview_date") { $0.interviewDate?.iso ?? "" },
        Column(name: "follow_up_date") { $0.followUpDate?.iso ?? "" },
        Column(name: "skyvern_task_id") { $0.skyvernTaskID },
        Column(name: "skyvern_response_data") { $0.skyvernResponseData?.jsonText ?? "" },
        Column(name: "submission_logs") { $0.submissionLogs.jsonText },
        Column(name: "notes") { $0.notes },
        Column(name: "user_notes") { $0.userNotes },
        Column(name: "feedback_received") { $0.feedbackReceived },
        Column(name: "interview_details") { $0.interviewDetails?.jsonText ?? "" },
        Column(name: "offer_details") { $0.offerDetails?.jsonText ?? "" },
        Column(name: "follow_up_reminder_sent_at") { $0.followUpReminderSentAt?.iso ?? "" },
        Column(name: "applied_at") { $0.appliedAt?.iso ?? "" },
        Column(name: "created_at") { $0.createdAt.iso },
        Column(name: "updated_at") { $0.updatedAt.iso },
    ]

    /// A record as RFC 4180 has it.
    private static func row(_ cells: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(comma) }
            append(cell, to: &bytes)
        }
        return bytes + [carriageReturn, lineFeed]
    }

    /// A spreadsheet takes a cell that begins with one of these for a formula, and runs it: an apostrophe before it
    /// makes it text again. Whoever wrote a job's title or a note must not run anything on the reader's machine.
    private static let dangerous = Array("=+-@\t\r".utf8)
    private static let (quote, comma, lineFeed, carriageReturn): (UInt8, UInt8, UInt8, UInt8) = (0x22, 0x2C, 0x0A, 0x0D)

    /// Byte by byte: a quote with an accent on it is one character, but a quote all the same to who reads the file.
    private static func append(_ cell: String, to bytes: inout [UInt8]) {
        let isFormula = cell.utf8.first.map { dangerous.contains($0) } ?? false
        let isQuoted = cell.utf8.contains { $0 == quote || $0 == comma || $0 == lineFeed || $0 == carriageReturn }
        if isQuoted { bytes.append(quote) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in cell.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        if isQuoted { bytes.append(quote) }
    }

    // MARK: All of one account

    /// Every application of an account with its history, as one JSON array: for the export of personal data.
    static func writeAll(of applicant: Applicant, into writer: inout JSONWriter, in reader: Reader) throws {
        try writer.array { writer in
            for rowID in try ApplicationStore.allRowIDs(ApplicationFilter(), of: applicant.owner, in: reader) {
                guard let application = try ApplicationStore.application(rowID: rowID, of: applicant, in: reader) else { continue }
                let events = try ApplicationStore.events(of: application, limit: .max, in: reader)
                writer.object { writer in
                    ApplicationResource.description.writeFields(application, into: &writer)
                    writer.array("history") { writer in
                        for event in events {
                            event.write(actorID: event.actor.account == applicant.owner ? applicant.id : nil, into: &writer)
                        }
                    }
                }
            }
        }
    }
}
