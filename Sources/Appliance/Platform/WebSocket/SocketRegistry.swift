import Synchronization

/// The sockets that are open, or about to be: counted for the quotas, and found to be closed.
package final class SocketRegistry: Sendable {
    /// How many sockets at once.
    package struct Quotas: Sendable, Equatable {
        package var isEnabled: Bool
        package var perAccount: Int
        package var perAddress: Int

        package init(isEnabled: Bool = true, perAccount: Int = 10, perAddress: Int = 100) {
            self.isEnabled = isEnabled
            self.perAccount = perAccount
            self.perAddress = perAddress
        }
    }

    private struct Entry {
        let caller: Caller?
        let network: ArraySlice<UInt8>?
        var connection: WebSocketConnection?
        /// Set when it was to be closed before it was open.
        var closing: UInt16?
    }

    private struct Closing {
        let number: UInt64
        let code: UInt16
        let concerns: @Sendable (Caller) -> Bool
    }

    private struct State {
        var quotas: Quotas
        var entries: [UInt64: Entry] = [:]
        var perAccount: [Int64: Int] = [:]
        var perNetwork: [ArraySlice<UInt8>: Int] = [:]
        var nextID: UInt64 = 1
        /// The last few, oldest first.
        var closings: [Closing] = []
        var closingCount: UInt64 = 0
    }

    private static let rememberedClosings = 256
    let counters = SocketCounters()
    private let state: Mutex<State>

    package init(_ quotas: Quotas = Quotas()) { state = Mutex(State(quotas: quotas)) }

    /// Takes over new quotas. Sockets that are open stay.
    package func replace(_ quotas: Quotas) { state.withLock { $0.quotas = quotas } }

    /// How many sockets there are.
    package var count: Int { state.withLock { $0.entries.count } }

    /// Closes every socket of an account, except those of one login.
    package func close(account rowID: Int64, except login: Identifier? = nil, code: UInt16 = SocketCloseCode.unauthenticated) {
        close(code) { $0.accountRowID == rowID && $0.loginID != login }
    }

    /// Closes every socket of a login.
    package func close(login: Identifier, code: UInt16 = SocketCloseCode.unauthenticated) {
        close(code) { $0.loginID == login }
    }

    private func close(_ code: UInt16, _ concerns: @escaping @Sendable (Caller) -> Bool) {
        let connections = state.withLock { state -> [WebSocketConnection] in
            state.closingCount += 1
            state.closings.append(Closing(number: state.closingCount, code: code, concerns: concerns))
            if state.closings.count > Self.rememberedClosings { state.closings.removeFirst() }
            var found: [WebSocketConnection] = []
            for (id, entry) in state.entries {
                guard let caller = entry.caller, concerns(caller) else { continue }
                if let connection = entry.connection { found.append(connection) } else { state.entries[id]?.closing = code }
            }
            return found
        }
        for connection in connections { connection.close(code: code, reason: "logged out") }
    }

    // MARK: Admission

    /// The state of closings, to be read before a caller is authenticated and given to `admit` afterwards.
    var mark: UInt64 { state.withLock { $0.closingCount } }

    /// Takes a place for a socket, or throws why there is none.
    ///
    /// Whoever logged out since `mark` gets none: that closing has not seen this socket, and its caller may have been
    /// authenticated just before.
    func admit(caller: Caller?, address: IPAddress?, since mark: UInt64) throws(SocketRefusal) -> SocketPlace {
        let network = address.map { $0.bytes.count == 16 ? $0.bytes[..<8] : $0.bytes[...] }
        let outcome = state.withLock { state -> Result<UInt64, SocketRefusal> in
            if let caller, Self.hasEnded(caller, since: mark, state) { return .failure(.loggedOut) }
            if state.quotas.isEnabled {
                if let caller, state.perAccount[caller.accountRowID, default: 0] >= state.quotas.perAccount { return .failure(.tooMany) }
                if let network, state.perNetwork[network, default: 0] >= state.quotas.perAddress { return .failure(.tooMany) }
            }
            let id = state.nextID
            state.nextID += 1
            state.entries[id] = Entry(caller: caller, network: network)
            if let caller { state.perAccount[caller.accountRowID, default: 0] += 1 }
            if let network { state.perNetwork[network, default: 0] += 1 }
            return .success(id)
        }
        return SocketPlace(id: try outcome.get(), caller: caller, registry: self)
    }

    private static func hasEnded(_ caller: Caller, since mark: UInt64, _ state: State) -> Bool {
        guard state.closingCount > mark else { return false }
        // More than are remembered: nobody knows, so nobody is let in. The client tries again.
        guard let oldest = state.closings.first, oldest.number <= mark + 1 else { return true }
        return state.closings.contains { $0.number > mark && $0.concerns(caller) }
    }

    /// The socket is open. A code if it has to be closed at once.
    fileprivate func opened(_ id: UInt64, _ connection: WebSocketConnection) -> UInt16? {
        state.withLock { state in
            state.entries[id]?.connection = connection
            return state.entries[id]?.closing
        }
    }

    fileprivate func release(_ id: UInt64) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            if let caller = entry.caller { Self.decrement(&state.perAccount, caller.accountRowID) }
            if let network = entry.network { Self.decrement(&state.perNetwork, network) }
        }
    }

    private static func decrement<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        let left = counts[key, default: 1] - 1
        counts[key] = left > 0 ? left : nil
    }
}

/// A socket's place in the registry, from before its handshake is answered. It is free again when it is released, and at
/// the latest with its last reference.
final class SocketPlace: Sendable {
    let id: UInt64
    let caller: Caller?
    let registry: SocketRegistry

    init(id: UInt64, caller: Caller?, registry: SocketRegistry) {
        self.id = id
        self.caller = caller
        self.registry = registry
    }

    deinit { release() }

    func opened(_ connection: WebSocketConnection) -> UInt16? { registry.opened(id, connection) }

    func release() { registry.release(id) }
}
