import Platform

/// Somebody in a room: an open socket.
protocol RoomListener: Sendable {
    /// Takes a frame. It is called under the rooms' lock, so it must neither wait nor call back.
    func hear(_ frame: [UInt8])
}

extension ChatStreams {
    /// Lets a socket in. It hears `greeting` first, then the beginning of each answer that is being written and what there
    /// is of it, and from then on everything. Returns the number to leave with.
    func enter(_ session: Identifier, _ listener: any RoomListener, greeting: [UInt8]) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            state.rooms[session, default: [:]][state.lastNumber] = listener
            listener.hear(greeting)
            for live in state.lives.values.filter({ $0.session == session && $0.stream.ending == nil }).sorted(by: { $0.id < $1.id }) {
                for frame in live.opening(after: nil) { listener.hear(frame.json) }
            }
            return state.lastNumber
        }
    }

    func leave(room session: Identifier, _ number: Int) {
        state.withLock { state in
            state.rooms[session]?[number] = nil
            if state.rooms[session]?.isEmpty == true { state.rooms[session] = nil }
        }
    }

    /// Tells everybody in a room.
    func tell(room session: Identifier, _ frame: [UInt8]) {
        state.withLock { state in
            for listener in state.rooms[session, default: [:]].values { listener.hear(frame) }
        }
    }

    /// Gives one listener what stands behind a piece, without the beginning that it had before; of a stream that has ended,
    /// the end too. False when the session has no such stream.
    func replay(_ id: Identifier, in session: Identifier, of owner: Owner, after: Int, to listener: any RoomListener) throws -> Bool {
        let isLive = state.withLock { state -> Bool in
            guard let live = state.lives[id], live.session == session, live.owner == owner else { return false }
            for frame in live.opening(after: after) + (live.end.map { [$0] } ?? []) { listener.hear(frame.json) }
            return true
        }
        guard !isLive else { return true }
        guard let stored = try database.read({ try ChatStreamStore.stream(id, of: owner, in: $0) }), stored.session == session else {
            return false
        }
        for frame in stored.frames(after: after) { listener.hear(frame.json) }
        return true
    }
}
