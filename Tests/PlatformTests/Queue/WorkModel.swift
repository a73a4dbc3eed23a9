@testable import Platform

/// What the queue promises, in the fewest words: a list of items, and what each event makes of them.
///
/// It knows nothing of SQL, indexes or transactions. `WorkModelWorld` does the same to it and to a database.
struct WorkModel {
    struct Item: Equatable {
        let id: Identifier
        let kind: String
        let key: String?
        let account: Int64
        let priority: Int
        var state = WorkItem.State.pending
        var attempts = 0
        var interruptions = 0
        var snoozes = 0
        var runAt: Timestamp
        var holder: WorkLease?
        var leaseEnd: Timestamp?
        var isCancelAsked = false

        var isOpen: Bool { !state.isFinal }
        var waits: Bool { state == .pending || state == .retry }
        var isSuspect: Bool { interruptions >= 2 }
    }

    /// In the order in which they were ordered.
    private(set) var items: [Item] = []

    subscript(id: Identifier) -> Item? { items.first { $0.id == id } }

    private mutating func change(_ id: Identifier, _ body: (inout Item) -> Void) {
        guard let index = items.firstIndex(where: { $0.id == id }) else { return }
        body(&items[index])
    }

    func open(kind: String, key: String?) -> Item? { items.first { $0.isOpen && key != nil && $0.kind == kind && $0.key == key } }

    mutating func order(_ item: Item) { items.append(item) }

    // MARK: Taking

    /// What a process with that plan gets, which has these runs under way: lost or not, none begins beside itself.
    mutating func claim(
        _ plan: WorkPlan, beside running: Set<Identifier>, lease: WorkLease, until end: Timestamp, now: Timestamp
    ) -> [Identifier] {
        var taken: [Item] = []
        func due(_ kinds: [String], suspects: Bool) -> [Item] {
            items.enumerated().filter { $1.waits && $1.runAt <= now && $1.isSuspect == suspects && kinds.contains($1.kind) }
                .sorted { left, right in
                    let (one, other) = (suspects ? 0 : left.element.priority, suspects ? 0 : right.element.priority)
                    return (one, left.element.runAt, left.offset) < (other, right.element.runAt, right.offset)
                }.map(\.element)
        }
        func take(_ item: Item) {
            taken.append(item)
            change(item.id) { item in
                item.state = .running
                item.attempts += 1
                item.holder = lease
                item.leaseEnd = end
            }
        }
        if plan.takesSuspect, let suspect = due(plan.wishes.flatMap(\.kinds), suspects: true).first, !running.contains(suspect.id) {
            take(suspect)
        }
        for wish in plan.wishes {
            let limit = min(plan.places - taken.count, wish.limit - taken.count { wish.kinds.contains($0.kind) })
            guard limit > 0 else { continue }
            guard var turns = wish.turns else {
                for item in due(wish.kinds, suspects: false).prefix(limit) where !running.contains(item.id) { take(item) }
                continue
            }
            for _ in 0..<limit {
                let waiting = due(wish.kinds, suspects: false).filter { !turns.isFull($0.account) }
                let next = waiting.map(\.account).min { ($0 <= turns.last ? 1 : 0, $0) < ($1 <= turns.last ? 1 : 0, $1) }
                guard let item = waiting.first(where: { $0.account == next }), !running.contains(item.id) else { break }
                turns.begin(item.account)
                take(item)
            }
        }
        return taken.map(\.id)
    }

    // MARK: Ending

    /// Whether the process still has the item, so that what it says of it counts.
    func holds(_ lease: WorkLease, _ id: Identifier) -> Bool { self[id]?.state == .running && self[id]?.holder == lease }

    /// How a run ends that the process reports.
    mutating func end(_ id: Identifier, by lease: WorkLease, as end: WorkRun.End, runAt: Timestamp?) -> WorkRun.End {
        guard holds(lease, id), let item = self[id] else { return .lost }
        let end = item.isCancelAsked ? .cancelled : end
        change(id) { item in
            item.holder = nil
            item.leaseEnd = nil
            if let runAt, end != .cancelled { item.runAt = runAt }
            switch end {
            case .succeeded: item.state = .succeeded
            case .retried: item.state = .retry
            case .dead: item.state = .dead
            case .cancelled: item.state = .cancelled
            case .snoozed, .putBack:
                item.attempts -= 1
                item.state = item.attempts > 0 ? .retry : .pending
                if end == .snoozed { item.snoozes += 1 }
            case .lost, .unrecorded: break
            }
        }
        return end
    }

    mutating func renew(_ ids: [Identifier], by lease: WorkLease, until end: Timestamp) {
        for id in ids where holds(lease, id) { change(id) { $0.leaseEnd = end } }
    }

    /// A process starts or looks around: what nobody can be working at any more waits again.
    mutating func free(by lease: WorkLease, now: Timestamp) {
        for item in items where item.state == .running {
            let isOld = item.holder.map { $0.node == lease.node && $0.boot != lease.boot } ?? false
            guard isOld || item.leaseEnd.map({ $0 < now }) ?? false else { continue }
            change(item.id) { item in
                item.holder = nil
                item.leaseEnd = nil
                item.interruptions += 1
                guard !item.isCancelAsked else { return item.state = .cancelled }
                guard item.interruptions < 10 else { return item.state = .dead }
                item.attempts -= 1
                item.state = item.attempts > 0 ? .retry : .pending
                if item.isSuspect { item.runAt = now.adding(seconds: 15 << (item.interruptions - 2)) }
            }
        }
    }

    // MARK: The operator

    mutating func cancel(_ id: Identifier) -> Bool {
        guard let item = self[id], item.isOpen else { return false }
        change(id) { item in
            if item.state == .running { item.isCancelAsked = true } else { item.state = .cancelled }
        }
        return true
    }

    mutating func retry(_ id: Identifier, now: Timestamp) -> Bool {
        guard let item = self[id], item.state != .running, item.state != .succeeded else { return false }
        if let other = open(kind: item.kind, key: item.key), other.id != id { return false }
        change(id) { item in
            item.state = .pending
            item.attempts = 0
            item.interruptions = 0
            item.runAt = now
            item.isCancelAsked = false
        }
        return true
    }

    mutating func purge(_ id: Identifier) -> Bool {
        guard let item = self[id], item.state == .dead || item.state == .cancelled else { return false }
        items.removeAll { $0.id == id }
        return true
    }
}
