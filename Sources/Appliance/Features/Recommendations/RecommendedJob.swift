import Platform

/// A job that was found to suit an account's owner.
struct RecommendedJob: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        case pendingReview = "pending_review"
        case viewed
        case applied
        case dismissed
        case irrelevant

        /// Whether its owner has not decided yet: then it may be recommended anew, with another score. The others do
        /// not come back.
        var isOpen: Bool { self == .pendingReview || self == .viewed }
    }

    var rowID: Int64
    var id: Identifier
    var job: JobListItem
    /// 0 to 1.
    var score: Double
    var status: Status
    /// The rule by which the score came about; nil for one that was taken over without it.
    var algorithmVersion: String?
    /// A JSON list of what the score is the sum of.
    var reasons: String
    var recommendedAt: Timestamp
    var updatedAt: Timestamp

    /// Of them only the status is the owner's to change.
    static let description = Resource<RecommendedJob>(
        name: "RecommendedJob",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("job", .object) { $0.job.write(into: &$1) },
            .readOnly("score", .number) { $1.double($0.score) },
            .choice(
                "status", Status.allCases.map(\.rawValue), required: false, get: { $0.status.rawValue },
                set: { $0.status = Status(rawValue: $1) ?? $0.status }),
            .readOnly("algorithm_version", nullable: true) { recommendation, writer in
                if let version = recommendation.algorithmVersion { writer.string(version) } else { writer.null() }
            },
            .readOnly("recommended_at", .datetime) { $1.timestamp($0.recommendedAt) },
            .readOnly("updated_at", .datetime) { $1.timestamp($0.updatedAt) },
            .readOnly("match_reasons", .objectList) { $1.raw($0.reasons) },
        ])
}
