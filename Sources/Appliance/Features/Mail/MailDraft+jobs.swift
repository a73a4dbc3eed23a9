import Platform

extension MailDraft {
    /// A job as mails show it.
    struct JobLine: Sendable, Equatable {
        let title: String
        let company: String
        let location: String
        let salary: String
        /// The path of its page.
        let address: String
        /// In per cent, for recommendations.
        var score: Int?

        var json: JSONValue {
            [
                "title": .string(title), "company": .string(company), "location": .string(location), "salary": .string(salary),
                "address": .string(address), "score": score.map { .integer($0) } ?? .null,
            ]
        }
    }
}

extension MailDraft.JobLine {
    /// `score` is from 0 to 1.
    init(_ job: JobListItem, score: Double? = nil) {
        let place = job.location.isEmpty ? "Location not disclosed" : job.location
        self.init(
            title: job.title, company: job.company, location: job.location.isEmpty && job.isRemote ? "Remote" : place,
            salary: Job.salaryRangeDisplay(min: job.salaryMin, max: job.salaryMax, period: job.salaryPeriod), address: "/jobs/\(job.id)",
            score: score.map { Int(($0 * 100).rounded()) })
    }
}
