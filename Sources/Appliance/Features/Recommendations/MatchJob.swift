import Platform

/// A job as it is judged.
struct MatchJob: Sendable, Equatable {
    var rowID: Int64
    var id: Identifier
    var title: String
    var description = ""
    var requirements = ""
    var location = ""
    var city = ""
    var state = ""
    var isRemote = false
    var jobType = "full_time"
    var experienceLevel = "mid"
    var salaryMin: Int?
    var salaryMax: Int?
    var salaryCurrency = "USD"
    var salaryPeriod = "yearly"
    var skillsRequired: [String] = []
    var skillsPreferred: [String] = []
    var technologies: [String] = []
    /// How near the lines of the profile are to the job; nil where they are not compared by meaning.
    var lines: [LineMatch]?

    /// A line of a profile, and how near it is: one is near enough to count at 0, and as near as can be hoped for at 1.
    struct LineMatch: Sendable, Equatable {
        let line: String
        let nearness: Double
    }

    /// The most that the job pays in a year; nil where it does not tell. Zero counts as missing.
    var yearlyPay: Int? {
        let pay = max(salaryMin ?? 0, salaryMax ?? 0)
        guard pay > 0 else { return nil }
        switch salaryPeriod {
        case "hourly": return pay * 2080
        case "monthly": return pay * 12
        default: return pay
        }
    }

    /// All that it says of itself in words, folded; the parts are kept apart.
    var foldedText: [UInt8] {
        var text = FoldedText.bytes(of: title)
        for part in [description, requirements] {
            text.append(0)
            FoldedText.append(part, to: &text)
        }
        return text
    }
}
