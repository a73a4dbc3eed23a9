import Platform

/// A vacancy that someone can apply to.
struct Job: Sendable, Equatable {
    static let types = ["full_time", "part_time", "contract", "temporary", "internship", "freelance"]
    static let levels = ["entry", "mid", "senior", "lead", "executive"]
    static let remoteTypes = ["no", "hybrid", "full"]
    static let statuses = ["active", "closed", "filled", "paused", "draft"]
    static let salaryPeriods = ["hourly", "monthly", "yearly"]

    var title = ""
    var company = ""
    var description = ""
    var requirements = ""
    var benefits = ""
    var location = ""
    var city = ""
    var state = ""
    var country = "US"
    var isRemote = false
    var remoteType = "no"
    var jobType = "full_time"
    var experienceLevel = "mid"
    var salaryMin: Int?
    var salaryMax: Int?
    var salaryCurrency = "USD"
    var salaryPeriod = "yearly"
    var skillsRequired: [String] = []
    var skillsPreferred: [String] = []
    var technologies: [String] = []
    /// With the source, names the job across imports.
    var externalID = ""
    var externalSource = ""
    var externalURL = ""
    var companyLogoURL = ""
    var status = "active"
    var postedDate: Timestamp?
    var applicationDeadline: Timestamp?

    /// What the server keeps beside what clients write; nil in a job that is not stored yet.
    var stored: Stored?

    struct Stored: Sendable, Equatable {
        /// The number inside the database, by which other tables refer to the job.
        var rowID: Int64
        var id: Identifier
        var viewCount = 0
        var applicationCount = 0
        var isProcessedForMatching = false
        var createdAt: Timestamp
        var updatedAt: Timestamp
        /// Whether the deadline had passed when the job was read.
        var isExpired = false
    }

    /// What the fields say together, once each is right by itself.
    func check() throws(ValidationErrors) {
        if let low = salaryMin, let high = salaryMax, low > high {
            throw ValidationErrors(object: "Min salary cannot be greater than max salary")
        }
    }

    var isActive: Bool { status == "active" }

    /// All skills of the job, as one text: what full-text search reads, and what a filter by skill looks through.
    var skillsText: String { (skillsRequired + skillsPreferred + technologies).joined(separator: ", ") }

    /// The pay by which jobs are compared: for a year, whatever the period, of the upper end where there is one. Currencies
    /// are not converted. Nil where no pay is told.
    var yearlyPay: Int? {
        let amounts = [salaryMax, salaryMin].compactMap { $0 }.filter { $0 > 0 }
        return amounts.first.map { $0 * (Self.periodsAYear[salaryPeriod] ?? 1) }
    }

    private static let periodsAYear = ["hourly": 2080, "monthly": 12, "yearly": 1]

    var salaryRangeDisplay: String { Self.salaryRangeDisplay(min: salaryMin, max: salaryMax, period: salaryPeriod) }

    /// The pay in words, as clients show it. Zero counts as missing.
    static func salaryRangeDisplay(min: Int?, max: Int?, period: String) -> String {
        guard let low = min, low > 0 else { return "Salary not disclosed" }
        guard let high = max, high > 0 else { return "$\(grouped(low))+ \(period)" }
        return "$\(grouped(low)) - $\(grouped(high)) \(period)"
    }

    /// The text that search and the assistant see, as labelled lines.
    var searchText: String {
        var lines = ["Company: \(company)", "Location: \(location)", "Type: \(jobType.replacing("_", with: " "))"]
        if salaryMin ?? 0 > 0 { lines.append("Salary: \(salaryRangeDisplay)") }
        let skills = skillsRequired + skillsPreferred + technologies
        if !skills.isEmpty { lines.append("Skills: \(skills.joined(separator: ", "))") }
        lines.append(description)
        if !requirements.isEmpty { lines.append("Requirements: \(requirements)") }
        return lines.joined(separator: "\n")
    }

    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0 && (digits.count - position) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
