/// The queues: each holds the kinds of work that wait for the same thing, so that what is slow or broken there holds
/// up nothing else. A worker says in which its kind stands.
///
/// In this order they get the places that the process has left: first what somebody waits for.
package enum WorkQueueName: String, Sendable, CaseIterable {
    /// Asks the model for an account.
    case ai
    /// Tells other people's servers.
    case webhook
    case mail
    /// Fetches from job sources.
    case ingest
    /// Makes vectors and keeps the index in order.
    case index
    /// The instance's own housekeeping, and everything that says nothing else.
    case maintenance

    /// Whether accounts take turns in it. In the others the longest due is the next.
    var hasTurns: Bool { self == .ai }
}

/// How much of the process one queue may use. Nil is no limit but the process's own.
package struct WorkShare: Sendable, Equatable {
    /// Items that run at once.
    package var places: Int?
    /// Of these, how many may be one account's. Only queues in which accounts take turns look at it.
    package var placesPerAccount: Int?
    /// Items that begin within a minute, spread evenly over it but for a tenth that may come at once.
    package var startsPerMinute: Int?

    package init(places: Int? = nil, placesPerAccount: Int? = nil, startsPerMinute: Int? = nil) {
        self.places = places
        self.placesPerAccount = placesPerAccount
        self.startsPerMinute = startsPerMinute
    }
}

/// Which of two due items of a queue goes first. What is low waits as long as there is anything else.
package enum WorkPriority: Int, Sendable, CaseIterable {
    case high = 0
    case normal = 1
    case low = 2
}
