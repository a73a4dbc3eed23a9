import Platform
import Synchronization

/// The answers that are being written, and the rooms: a room is all the open sockets of one session.
///
/// What happens to an answer, and whom it is told to, happens under one lock. So whoever comes in, at whatever moment, gets
/// what there is and then everything else, in order and once. What takes time, the model and the database, does not:
/// see the extension that runs an answer.
final class ChatStreams: Sendable {
    /// How much there can be at once; the defaults are the product's.
    struct Limits: Sendable {
        var streams = 1000
        var streamsPerAccount = 8
        var readersPerStream = 16
    }

    struct State {
        var lives: [Identifier: LiveAnswer] = [:]
        var rooms: [Identifier: [Int: any RoomListener]] = [:]
        var lastNumber = 0
        /// Questions whose next answer is about to begin.
        var reserved: Set<Identifier> = []
        /// Answers that are being asked for, and those who wait until there are none.
        var running = 0
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
        var isStopping = false
    }

    let database: Database
    let assistant: Assistant
    let moderation: Moderation
    let clock: any PlatformClock
    let log: Log
    /// This run of the process: what another has left open is interrupted.
    let boot: Identifier
    let limits: Limits
    let state = Mutex(State())

    init(
        database: Database, assistant: Assistant, moderation: Moderation, clock: any PlatformClock, random: any RandomSource, log: Log,
        limits: Limits = Limits()
    ) {
        self.database = database
        self.assistant = assistant
        self.moderation = moderation
        self.clock = clock
        self.log = log
        self.limits = limits
        boot = Identifier(v7: clock.now(), random: random)
    }

    // MARK: What happens to an answer

    /// Lets something happen, tells listeners what they have to hear, and returns what else is to be done.
    func happen(_ event: AnswerStream.Event, to id: Identifier) -> [AnswerStream.Action] {
        let (later, woken) = state.withLock { state in
            let actions = state.lives[id]?.stream.handle(event) ?? []
            let later = actions.filter { !state.tell($0, of: id) }
            return (later, actions.count == later.count ? [] : state.lives[id]?.wake() ?? [])
        }
        for (waiter, reading) in woken { waiter.resume(returning: reading) }
        return later
    }

    // MARK: Readers

    /// Lets somebody follow an answer from behind the piece `after`, or with nil from its beginning. Nil when the owner has
    /// no such stream.
    func reader(of id: Identifier, for caller: Caller, after: Int?, isCounted: Bool = true) throws -> StreamReader? {
        let number = try state.withLock { state -> Int? in
            guard let live = state.lives[id], live.owner == caller.owner else { return nil }
            guard !isCounted || live.readers.count < limits.readersPerStream else { throw ChatError.tooManyReaders }
            return state.add(LiveAnswer.Reader(caller: caller, after: after), to: id)
        }
        if let number { return StreamReader(self, id, number) }
        let stored = try database.read { try ChatStreamStore.stream(id, of: caller.owner, in: $0) }
        return stored.map { StreamReader(stored: $0.frames(after: after)) }
    }

    /// How far an answer is, or how it ended.
    func current(_ id: Identifier, of owner: Owner) throws -> ChatStream? {
        let live = state.withLock { state -> ChatStream? in
            guard let live = state.lives[id], live.owner == owner else { return nil }
            return ChatStream(
                id: id, session: live.session, question: live.question.id, ending: live.stream.ending, log: live.stream.log,
                message: live.message)
        }
        if let live { return live }
        guard var stored = try database.read({ try ChatStreamStore.stream(id, of: owner, in: $0) }) else { return nil }
        if stored.ending == nil { stored.ending = .failed(.interrupted) }
        return stored
    }

    func next(_ id: Identifier, _ number: Int) async -> StreamReading {
        await withCheckedContinuation { waiter in
            let reading = state.withLock { state -> StreamReading? in
                guard !Task.isCancelled, let frames = state.lives[id]?.read(number) else { return .over }
                if !frames.isEmpty { return .frames(frames) }
                // There is one at a time; a second one is turned away rather than left waiting for ever.
                guard state.lives[id]?.readers[number]?.waiter == nil else { return .over }
                state.lives[id]?.readers[number]?.waiter = waiter
                return nil
            }
            if let reading { waiter.resume(returning: reading) }
        }
    }

    /// Ends a reader's waiting.
    func interrupt(_ id: Identifier, _ number: Int, _ reading: StreamReading) {
        state.withLock { $0.lives[id]?.readers[number]?.waiter.take() }?.resume(returning: reading)
    }

    func leave(_ id: Identifier, _ number: Int) {
        let reader = state.withLock { state in
            let reader = state.lives[id]?.readers.removeValue(forKey: number)
            state.clear(id)
            return reader
        }
        reader?.waiter?.resume(returning: .over)
    }

    /// Ends every reader for whom this holds: its login is over.
    func endReaders(where isOver: (Caller) -> Bool) {
        let waiters = state.withLock { state in
            var waiters: [LiveAnswer.Waiter?] = []
            for (id, live) in state.lives {
                for (number, reader) in live.readers where isOver(reader.caller) {
                    waiters.append(state.lives[id]?.readers.removeValue(forKey: number)?.waiter)
                }
                state.clear(id)
            }
            return waiters
        }
        for waiter in waiters { waiter?.resume(returning: .over) }
    }

    /// How many answers are being written, for tests.
    var openCount: Int { state.withLock { $0.lives.values.count { $0.stream.ending == nil } } }
}

extension ChatStreams.State {
    mutating func add(_ reader: LiveAnswer.Reader, to id: Identifier) -> Int {
        lastNumber += 1
        lives[id]?.readers[lastNumber] = reader
        return lastNumber
    }

    /// Forgets an answer that is over and that nobody reads any more.
    mutating func clear(_ id: Identifier) {
        if let live = lives[id], live.stream.ending != nil, live.readers.isEmpty { lives[id] = nil }
    }

    /// Tells the room, where this is something to be told. Its readers are woken by the caller.
    func tell(_ action: AnswerStream.Action, of id: Identifier) -> Bool {
        guard let live = lives[id] else { return false }
        let room = rooms[live.session].map { Array($0.values) } ?? []
        func send(_ frame: @autoclosure () -> [UInt8]) {
            guard !room.isEmpty else { return }
            let frame = frame()
            for listener in room { listener.hear(frame) }
        }
        switch action {
        case .announce:
            send(live.start.json)
        case .send(let number):
            send(StreamFrame.delta(stream: id, after: number - 1, number: number, live.stream.log.text(after: number - 1)).json)
        case .close(let ending):
            if let end = live.end { send(end.json) }
            // What clients know that know nothing of streams.
            if let failure = ending.failure {
                send(RoomFrame.error(failure.detail))
            } else if let message = live.message {
                send(RoomFrame.message(message))
            }
        case .store, .cancel, .settle:
            return false
        }
        return true
    }
}
