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
