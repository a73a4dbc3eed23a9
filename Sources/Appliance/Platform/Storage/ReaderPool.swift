import Glibc
import Synchronization

/// The read-only connections of `Database.read`: one for each thread that reads.
///
/// A point read costs about 4 µs; handing it to another thread would cost more
/// than that, so it runs where its caller stands, on that thread's own connection.
final class ReaderPool: @unchecked Sendable {
    // Safety: `connections` is guarded by its mutex; each connection is used only
    // by the thread it was made for, while that thread holds `gate` for reading,
    // and dropped only by `close`, which holds `gate` for writing.
    private let path: String
    private let budgetNanoseconds: UInt64
    private var key = pthread_key_t()
    private let gate = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    private let connections: Mutex<Connections> = Mutex(Connections())

    private struct Connections: ~Copyable {
        var all: [Box] = []
        var isClosed = false
    }

    private final class Box: @unchecked Sendable {
        // Safety: see the pool.
        let reader: Reader
        init(_ connection: Connection) { reader = Reader(connection: connection) }
    }

    init(path: String, budgetMilliseconds: Int) {
        self.path = path
        budgetNanoseconds = UInt64(budgetMilliseconds) * 1_000_000
        pthread_key_create(&key, nil)
        pthread_rwlock_init(gate, nil)
    }

    deinit {
        pthread_key_delete(key)
        pthread_rwlock_destroy(gate)
        gate.deallocate()
    }

    func read<T>(_ body: (Reader) throws -> T) throws -> T {
        pthread_rwlock_rdlock(gate)
        defer { pthread_rwlock_unlock(gate) }
        let reader = try ownReader()
        return try reader.connection.withBudget(nanoseconds: budgetNanoseconds) { try body(reader) }
    }

    private func ownReader() throws -> Reader {
        if let raw = pthread_getspecific(key) { return Unmanaged<Box>.fromOpaque(raw).takeUnretainedValue().reader }
        let box = Box(try Connection(path: path, role: .reader))
        try connections.withLock {
            guard !$0.isClosed else { throw StorageError.closed }
            $0.all.append(box)
        }
        pthread_setspecific(key, Unmanaged.passUnretained(box).toOpaque())
        return box.reader
    }

    /// Waits for the reads under way, then closes every connection.
    func close() {
        pthread_rwlock_wrlock(gate)
        connections.withLock {
            $0.isClosed = true
            $0.all.removeAll()
        }
        pthread_key_delete(key)
        pthread_key_create(&key, nil)
        pthread_rwlock_unlock(gate)
    }
}
