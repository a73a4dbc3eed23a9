import Platform

/// What an account did about a job: that it applied, how far that is, and what it noted.
///
/// An account has one application a job at most.
struct Application: Sendable, Equatable {
    /// Where an application is on its way, in the employer's eyes.
    static let statuses = [
        "pending", "submitting_via_skyvern", "submitted", "under_review", "interview_scheduled", "interview_completed", "offer_received",
        "accepted", "rejected", "withdrawn", "failed_to_submit", "skyvern_submission_failed", "skyvern_canceled",
        "skyvern_requires_attention",
    ]
    /// Where it is in the applicant's own eyes.
    static let userDefinedStatuses = [
        "interested", "preparing_application", "applied", "assessment_phase", "initial_interview", "technical_interview",
        "final_interview", "offer_pending", "offer_received_custom", "negotiating", "accepted_custom", "rejected_by_me",
        "rejected_by_company", "archived", "other",
    ]
    static let types = ["manual", "auto", "bulk"]
    static let submitted = "submitted"

    /// Unicode scalars of a letter or a note. Search reads an account's notes one by one, so they have an end.
    static let longestText = 20_000
    /// Bytes of a field that holds JSON of any shape.
    static let longestJSON = 65_536
    /// Unicode scalars of what somebody remarks on a change of status.
    static let longestNote = 500

    /// What a request asks for that is no field of the application itself.
    struct Request: Sendable, Equatable {
        /// The job to apply to.
        var jobID: Identifier?
        /// What is to stand beside the change in the history.
        var note = ""
    }

    /// The number inside the database; 0 before it is stored.
    var rowID: Int64 = 0
    var id: Identifier
    /// The applicant's account.
    var user: Identifier
    /// Nil only while a new application is being read.
    var job: JobListItem?
    var request = Request()
    var status = "pending"
    var applicationType = "manual"
    var coverLetter = ""
    var additionalDocuments: JSONValue = []
    var applicationURL = ""
    var externalApplicationID = ""
    var matchScore: Double?
    var autoApplied = false
    var aiGeneratedCoverLetter = false
    var lastContactDate: Timestamp?
    var interviewDate: Timestamp?
    var followUpDate: Timestamp?
    var skyvernTaskID = ""
    var skyvernResponseData: JSONValue?
    var submissionLogs: JSONValue = []
    var notes = ""
    var userNotes = ""
    var feedbackReceived = ""
    var userDefinedStatus: String?
    var interviewDetails: JSONValue? = []
    var offerDetails: JSONValue? = [:]
    var followUpReminderSentAt: Timestamp?
    var appliedAt: Timestamp?
    var createdAt = Timestamp(microseconds: 0)
    var updatedAt = Timestamp(microseconds: 0)

    init(id: Identifier, user: Identifier) {
        self.id = id
        self.user = user
    }

    /// A new one, not stored yet.
    init(by applicant: Applicant, in transaction: Transaction) {
        self.init(id: transaction.newIdentifier(), user: applicant.id)
    }

    /// Notes when it was handed in, if nobody has said so: a status that has just become `submitted` became so now.
    mutating func noteSubmission(after earlier: String?, at now: Timestamp) {
        if status == Self.submitted, earlier != Self.submitted, appliedAt == nil { appliedAt = now }
    }

    /// The rules that no field's own type can hold.
    func check() throws(ValidationErrors) {
        var errors = ValidationErrors()
        let free: [(name: String, value: JSONValue?)] = [
            ("additional_documents", additionalDocuments), ("interview_details", interviewDetails), ("offer_details", offerDetails),
        ]
        for (name, value) in free where (value?.bytes.count ?? 0) > Self.longestJSON {
            errors.add(name, "Ensure this field has no more than \(Self.longestJSON) bytes.")
        }
        try errors.check()
    }
}

/// Whose applications are read or changed: the account's rows, and the name by which clients know it.
struct Applicant: Sendable, Equatable {
    let owner: Owner
    let id: Identifier

    init(_ caller: Caller) {
        owner = caller.owner
        id = caller.accountID
    }

    init(_ account: Account) {
        owner = account.owner
        id = account.id
    }
}
