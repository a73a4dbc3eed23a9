import Platform

/// In which queues the items stand, and how many run at once.
enum Shape: String, CaseIterable, Sendable {
    /// In all six, each with the places that the product gives it, and in each as much of the work.
    case six
    /// In one queue, with the places that one gets.
    case one

    /// `queue.workers` and the places of each queue, as they are where the configuration says nothing.
    private static let places = 24
    private static let shares: [(queue: WorkQueueName, places: Int)] = [
        (.webhook, 8), (.maintenance, 7), (.ai, 4), (.mail, 2), (.ingest, 2), (.index, 1),
    ]

    var queues: [WorkQueueName] {
        switch self {
        case .six: Self.shares.map(\.queue)
        case .one: [.webhook]
        }
    }

    var settings: WorkQueue.Settings {
        var settings = WorkQueue.Settings()
        settings.places = Self.places
        for (queue, places) in Self.shares { settings.shares[queue] = WorkShare(places: places) }
        return settings
    }

    /// Items that run at once.
    var together: Int { Self.shares.filter { queues.contains($0.queue) }.reduce(0) { $0 + $1.places } }

    /// Whose turn it is to get an item: each queue as often as it has places, and those of one queue not in a row.
    var order: [WorkQueueName] {
        let own = Self.shares.filter { queues.contains($0.queue) }
        let most = own.map(\.places).max() ?? 1
        return (0..<most).flatMap { round in own.filter { $0.places > round }.map(\.queue) }
    }
}
