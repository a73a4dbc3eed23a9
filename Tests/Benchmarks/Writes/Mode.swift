import Platform

/// One way of committing; the three are compared.
enum Mode: String, CaseIterable, Sendable {
    /// The product as it is: all that waits shares one commit, and each commit is synced.
    case group
    /// One transaction a call, each synced: what durability costs without sharing.
    case singleFull = "single-full"
    /// One transaction a call, synced at checkpoints only: what most servers do, and what a power cut undoes.
    case singleNormal = "single-normal"

    func options(callers: Int) -> Database.Options {
        var options = Database.Options()
        // Every caller has one write waiting at most, so that none is refused.
        options.writerQueue = max(options.writerQueue, callers)
        switch self {
        case .group: break
        case .singleFull: options.groupLimit = 1
        case .singleNormal:
            options.groupLimit = 1
            options.syncsOnlyAtCheckpoints = true
        }
        return options
    }
}
