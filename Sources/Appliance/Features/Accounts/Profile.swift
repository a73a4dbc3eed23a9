import Platform

/// What an account tells of its owner's work: what jobs are matched against, and what the assistant knows.
struct Profile: Sendable, Equatable {
    static let experienceLevels = ["entry", "mid", "senior", "lead", "executive"]

    /// The profile's id on the wire; 0 before it is stored.
    var rowID: Int64 = 0
    var account: Account
    var phone = ""
    var location = ""
    var linkedinURL = ""
    var githubURL = ""
    var portfolioURL = ""
    var currentTitle = ""
    var currentCompany = ""
    var experienceLevel = "entry"
    var skills: [String] = []
    var industries: [String] = []
    var preferredLocations: [String] = []
    var jobTypes: [String] = []
    var salaryMin: Int?
    var salaryMax: Int?
    var remoteOK = true
    var coverLetterTemplate = ""
    var autoApplyEnabled = false
    var autoApplyLimitDaily = 5
    /// The least score, 0 to 1, from which a job counts as a match.
    var matchThreshold = 0.7
    var createdAt = Timestamp(microseconds: 0)
    var updatedAt = Timestamp(microseconds: 0)

    init(account: Account) { self.account = account }

    /// Whether there is enough in it to match jobs against.
    var isComplete: Bool {
        !currentTitle.isEmpty && !experienceLevel.isEmpty && !skills.isEmpty && !preferredLocations.isEmpty
    }

    var summary: ProfileSummary {
        ProfileSummary(
            currentTitle: currentTitle, currentCompany: currentCompany, location: location, experienceLevel: experienceLevel,
            skills: skills, industries: industries, preferredLocations: preferredLocations, salaryMin: salaryMin, salaryMax: salaryMax,
            remoteOK: remoteOK)
    }
}
