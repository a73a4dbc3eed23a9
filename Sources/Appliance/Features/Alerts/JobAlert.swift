import Platform

/// A standing wish of an account: to be told when jobs of some kind appear.
struct JobAlert: Sendable, Equatable {
    static let longestName = 100
    static let mostKeywords = 50
    static let longestKeyword = 100

    /// How often an alert is run.
    enum Frequency: String, Sendable, CaseIterable {
        case immediate, daily, weekly, monthly

        /// The least time between two runs; zero for one that is always due.
        var seconds: Int {
            switch self {
            case .immediate: 0
            case .daily: 86_400
            case .weekly: 7 * 86_400
            case .monthly: 30 * 86_400
            }
        }
    }

    var rowID: Int64 = 0
    var id: Identifier
    /// The account whose alert it is, by its name outside.
    var user: Identifier
    var name = ""
    var criteria = AlertCriteria()
    var frequency = Frequency.daily
    var emailNotifications = true
    var pushNotifications = false
    var isActive = true
    var lastRun: Timestamp?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    init(id: Identifier, user: Identifier, createdAt: Timestamp) {
        self.id = id
        self.user = user
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// What no field can tell by itself.
    func check() throws(ValidationErrors) {
        if let low = criteria.minSalary, let high = criteria.maxSalary, low > high {
            throw ValidationErrors(object: "Min salary cannot be greater than max salary")
        }
    }
}
