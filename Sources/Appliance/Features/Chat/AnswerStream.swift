/// One answer while it is being written, as a value: what happens to it goes in, what is to be done comes out.
///
/// It has no clock, no database and no listener of its own; its owner (`ChatStreams`) has these. In whatever order things
/// happen, it announces itself once, numbers its pieces without a gap, lets one write to the database be under way at a
/// time, and closes once; after that nothing comes out any more.
struct AnswerStream: Sendable {
    enum Event: Sendable, Equatable {
        case begin
        /// The model wrote another piece.
        case delta(String)
        /// The model has finished.
        case answered
        /// The model, or the way to it, failed.
        case refused(AssistantFailure)
        /// The person who asked wants no more of it.
        case stop
        /// The server cannot go on with it.
        case abandon(StreamFailure)
        /// Another second has passed.
        case tick
        /// The pieces up to this number are in the database.
        case stored(through: Int)
        case notStored
        /// The end is in the database; or it is not, and for this reason.
        case settled
        case notSettled(StreamFailure)
    }

    enum Action: Sendable, Equatable {
        /// Tell the listeners that it begins.
        case announce
        /// Tell them the piece of this number, which is the last so far.
        case send(number: Int)
        /// Write to the database what there is.
        case store
        /// Let the model be: nobody reads on.
        case cancel
        /// Write the end to the database, and say how that went.
        case settle(StreamEnding)
        /// Tell the listeners how it ended. Nothing follows.
        case close(StreamEnding)
    }

    private enum Phase: Equatable {
        case new, open
        case settling(StreamEnding)
        case closed(StreamEnding)
    }

    private(set) var log = DeltaLog()
    private var phase = Phase.new
    private var storedThrough = 0
    private var isStoring = false
    private var wasStored = false

    init() {}

    /// Nil until it is closed.
    var ending: StreamEnding? {
        if case .closed(let ending) = phase { ending } else { nil }
    }

    /// Whether more pieces can come.
    var isOpen: Bool { phase == .open }

    /// What has to be done because of an event, in this order.
    mutating func handle(_ event: Event) -> [Action] {
        switch (phase, event) {
        case (.new, .begin):
            phase = .open
            return [.announce]
        case (.open, .delta(let piece)):
            return add(piece)
        case (.open, .tick):
            return storedThrough < log.count && !isStoring ? startStoring() : []
        case (.open, .answered):
            return settle(.done)
        case (.open, .refused(let failure)):
            return settle(.failed(.assistant(failure)))
        case (.open, .stop):
            return [.cancel] + settle(.stopped)
        case (.open, .abandon(let failure)):
            return [.cancel] + settle(.failed(failure))
        case (_, .stored(let number)):
            isStoring = false
            storedThrough = max(storedThrough, number)
            return []
        case (_, .notStored):
            // The next second tries again.
            isStoring = false
            return []
        case (.settling(let ending), .settled):
            return close(ending)
        case (.settling, .notSettled(let failure)):
            return close(.failed(failure))
        default:
            // Too late, too early, or told twice.
            return []
        }
    }

    private mutating func add(_ piece: String) -> [Action] {
        guard !piece.isEmpty else { return [] }
        log.append(piece)
        // The first piece is stored at once: an answer that is there at all is then found after a kill.
        return [.send(number: log.count)] + (wasStored ? [] : startStoring())
    }

    private mutating func startStoring() -> [Action] {
        isStoring = true
        wasStored = true
        return [.store]
    }

    private mutating func settle(_ ending: StreamEnding) -> [Action] {
        phase = .settling(ending)
        return [.settle(ending)]
    }

    private mutating func close(_ ending: StreamEnding) -> [Action] {
        phase = .closed(ending)
        return [.close(ending)]
    }
}
