import Synchronization

/// The events that wait for one listener.
///
/// While any do, a task hands them over, one after the other; a listener to whom nothing happens costs no task.
final class Mailbox: Sendable {
    private struct State {
        var waiting: [any BusEvent] = []
        /// Those that the task has taken and not yet handed over.
        var taken = 0
        var isDelivering = false
        var isClosed = false
    }

    let topic: BusTopic
    private let limit: Int
    private let deliver: @Sendable (any BusEvent) -> Void
    private let overrun: @Sendable () -> Void
    private let state = Mutex(State())

    init(topic: BusTopic, limit: Int, deliver: @escaping @Sendable (any BusEvent) -> Void, overrun: @escaping @Sendable () -> Void) {
        self.topic = topic
        self.limit = limit
        self.deliver = deliver
        self.overrun = overrun
    }

    private enum Outcome {
        case waits, begins, overruns, dropped
    }

    /// Takes an event in; false when there was no room, which ends the mailbox.
    func put(_ event: any BusEvent) -> Bool {
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .dropped }
            guard state.waiting.count + state.taken < limit else {
                state.isClosed = true
                state.waiting = []
                return .overruns
            }
            state.waiting.append(event)
            defer { state.isDelivering = true }
            return state.isDelivering ? .waits : .begins
        }
        switch outcome {
        case .waits, .dropped: return true
        case .begins:
            Task { self.deliverAll() }
            return true
        case .overruns:
            Task { self.overrun() }
            return false
        }
    }

    /// Drops what waits, and takes nothing more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
        }
    }

    private func deliverAll() {
        while let batch = takeAll() {
            for event in batch where takesDelivery() { deliver(event) }
        }
    }

    private func takeAll() -> [any BusEvent]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDelivering = false
                state.taken = 0
                return nil
            }
            defer { state.waiting = [] }
            state.taken = state.waiting.count
            return state.waiting
        }
    }

    private func takesDelivery() -> Bool {
        state.withLock { state in
            state.taken -= 1
            return !state.isClosed
        }
    }
}
