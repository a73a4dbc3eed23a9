import Platform

/// What jobs an alert is about. What is empty or nil does not matter to it.
struct AlertCriteria: Sendable, Equatable {
    /// One of them must be in the job's title or description, in any case, also within a word.
    var keywords: [String] = []
    /// Must be in the job's location.
    var location = ""
    var jobType = ""
    var experienceLevel = ""
    var remoteOnly = false
    /// Must not be above both ends of the job's salary. Zero is no wish.
    var minSalary: Int?
    /// Must not be below both ends of the job's salary. Zero is no wish.
    var maxSalary: Int?
}

/// A job as alerts look at it.
struct ScannedJob: Sendable, Equatable {
    /// Grows with each job that is added.
    var rowID: Int64
    var id: Identifier
    var title: String
    var description: String
    var location: String
    var jobType: String
    var experienceLevel: String
    var isRemote: Bool
    /// Nil where the job tells none, or zero.
    var salaryMin: Int?
    var salaryMax: Int?
    var postedDate: Timestamp?
    var createdAt: Timestamp
}
