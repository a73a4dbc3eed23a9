/// The bounded queue in front of the writer.
struct WriteInbox {
    private(set) var waiting: [any PendingWrite] = []
    private(set) var scrubs: [ScrubContinuation] = []
    private(set) var isClosed = false
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes a write in, or says why not; the caller then resumes its owner.
    mutating func add(_ write: any PendingWrite) -> StorageError? {
        if isClosed { return .closed }
        if waiting.count >= limit { return .queueFull }
        waiting.append(write)
        return nil
    }

    /// Takes one write out again, if the writer has not picked it up yet.
    mutating func remove(_ number: UInt64) -> (any PendingWrite)? {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
        return waiting.remove(at: index)
    }

    /// The next group, oldest first.
    mutating func take(atMost limit: Int) -> [any PendingWrite] {
        let group = Array(waiting.prefix(limit))
        waiting.removeFirst(group.count)
        return group
    }

    /// Takes in somebody who waits for a scrub, or says why not.
    mutating func add(_ scrub: ScrubContinuation) -> StorageError? {
        if isClosed { return .closed }
        scrubs.append(scrub)
        return nil
    }

    /// Everybody who waits for a scrub: one will do for all of them.
    mutating func takeScrubs() -> [ScrubContinuation] {
        defer { scrubs = [] }
        return scrubs
    }

    /// Lets no more writes in; those that wait are still served.
    mutating func close() { isClosed = true }
}
