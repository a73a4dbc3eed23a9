/// A write that waits for the writer, whatever its result's type.
protocol PendingWrite: AnyObject, Sendable {
    var number: UInt64 { get }
    /// Whether it only tries whether writing works: a commit of nothing else is no change.
    var isProbe: Bool { get }
    /// Runs the closure and keeps its value until the commit decides.
    func attempt(_ transaction: Transaction) throws
    /// Tells the caller: its value when `error` is nil, else the error.
    func finish(_ error: (any Error)?)
}

/// The writer's side of one `Database.write`: the closure, its result, and the
/// caller who waits for it.
final class TypedPendingWrite<Value: Sendable>: PendingWrite, @unchecked Sendable {
    // Safety: `value` is touched by the writer thread alone, from `attempt` to
    // `finish`; the continuation is resumed exactly once, by whoever took this
    // object out of the inbox.
    let number: UInt64
    let isProbe: Bool
    private let body: @Sendable (Transaction) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private var value: Value?

    init(
        number: UInt64, isProbe: Bool, body: @escaping @Sendable (Transaction) throws -> Value,
        continuation: CheckedContinuation<Value, any Error>
    ) {
        self.number = number
        self.isProbe = isProbe
        self.body = body
        self.continuation = continuation
    }

    func attempt(_ transaction: Transaction) throws { value = try body(transaction) }

    func finish(_ error: (any Error)?) {
        if let error {
            continuation.resume(throwing: error)
        } else if let value {
            continuation.resume(returning: value)
        } else {
            continuation.resume(throwing: StorageError.rolledBack)
        }
    }
}
