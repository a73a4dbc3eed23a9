import Platform

/// An account's applications in figures.
///
/// - *Pending* is what the applicant waits for: `pending`, `submitting_via_skyvern`, `submitted`, `under_review`.
/// - *Interview requests* are `interview_scheduled` and `interview_completed`, *offers* `offer_received` and `accepted`,
///   *rejections* `rejected`. Each counts the applications that stand there now, so none is counted twice.
/// - The *success rate* is offers out of all applications, in percent; 0 without applications.
/// - The *response time* is the mean, in days, from `applied_at` to the first event after it that moves the status out
///   of the applicant's own hands (`pending`, `submitting_via_skyvern`, `submitted`) to an employer's answer: `under_review`,
///   an interview, an offer, `accepted` or `rejected`. Applications without `applied_at` or without an answer have no
///   part in it; null when none has.
/// - The *most applied* type and location are those of the most jobs applied to, the first by name of several; null
///   without applications.
struct ApplicationStats: Sendable, Equatable {
    static let waiting = ["pending", "submitting_via_skyvern", "submitted"]
    static let interviews = ["interview_scheduled", "interview_completed"]
    static let offers = ["offer_received", "accepted"]
    static let rejections = ["rejected"]
    static let pending = waiting + ["under_review"]
    static let answers = ["under_review"] + interviews + offers + rejections

    /// How many applications stand where.
    var counts: [String: Int] = [:]
    var meanResponseMicroseconds: Double?
    var mostAppliedJobType: String?
    var mostAppliedLocation: String?

    static let schema = JSONSchema.named(
        "ApplicationStatistics",
        .object([
            JSONSchema.Member("total_applications", .integer), JSONSchema.Member("pending_applications", .integer),
            JSONSchema.Member("interview_requests", .integer), JSONSchema.Member("offers_received", .integer),
            JSONSchema.Member("rejections", .integer), JSONSchema.Member("success_rate", .number),
            JSONSchema.Member("average_response_time", .nullable(.number)),
            JSONSchema.Member("most_applied_job_type", .nullable(.text)), JSONSchema.Member("most_applied_location", .nullable(.text)),
        ]))

    var total: Int { counts.values.reduce(0, +) }

    var successRate: Double { total == 0 ? 0 : Self.rounded(Double(count(Self.offers)) / Double(total) * 100) }

    var averageResponseDays: Double? { meanResponseMicroseconds.map { Self.rounded($0 / 86_400_000_000) } }

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("total_applications", total)
            writer.field("pending_applications", count(Self.pending))
            writer.field("interview_requests", count(Self.interviews))
            writer.field("offers_received", count(Self.offers))
            writer.field("rejections", count(Self.rejections))
            writer.field("success_rate", successRate)
            writer.field("average_response_time", averageResponseDays)
            writer.field("most_applied_job_type", mostAppliedJobType)
            writer.field("most_applied_location", mostAppliedLocation)
        }
    }

    private func count(_ statuses: [String]) -> Int { statuses.reduce(0) { $0 + (counts[$1] ?? 0) } }

    /// To two decimals.
    private static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
