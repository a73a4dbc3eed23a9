import Glibc
import Synchronization

/// The read-only connections of `Database.read`: one for each thread that reads.
///
/// A point read costs about 4 µs; handing it to another thread would cost more
/// than that, so it runs where its caller stands, on that thread's own
/// connection, which goes with the thread.
final class ReaderPool: @unchecked Sendable {
    // Safety: `key` is written in init, and in `close` while `gate` is held for
    // writing; a thread's own reader is used by that thread alone, under `gate`
    // held for reading.
    private let path: String
    private let budgetNanoseconds: UInt64
    private var key = pthread_key_t()
    private let gate = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    private let threads: Mutex<Threads> = Mutex(Threads())
    private let served = Atomic<Int64>(0)
    private let overBudget = Atomic<Int64>(0)

    private struct Threads {
        var all: [ObjectIdentifier: ThreadReader] = [:]
        var isClosed = false
    }

    /// What one thread keeps in its own storage.
    fileprivate final class ThreadReader: @unchecked Sendable {
        // Safety: `reader` is used by its thread under the pool's gate; it is dropped either by that thread
        // as it ends or by `close`, which holds the gate for writing; `lock` keeps these two apart.
        var reader: Reader?
        private let lock = Mutex(())
        private weak let pool: ReaderPool?

        init(_ connection: Connection, of pool: ReaderPool) {
            reader = Reader(connection: connection)
            self.pool = pool
        }

        func drop() { lock.withLock { _ in reader = nil } }

        func threadEnds() {
            drop()
            let pool = self.pool
            pool?.threads.withLock { $0.all[ObjectIdentifier(self)] = nil }
        }
    }

    init(path: String, budgetMilliseconds: Int) {
        self.path = path
        budgetNanoseconds = UInt64(budgetMilliseconds) * 1_000_000
        pthread_rwlock_init(gate, nil)
        pthread_key_create(&key) { raw in
            guard let raw else { return }
            Unmanaged<ThreadReader>.fromOpaque(raw).takeRetainedValue().threadEnds()
        }
    }

    deinit {
        close()
        pthread_rwlock_destroy(gate)
        gate.deallocate()
    }

    func read<T>(_ body: (Reader) throws -> T) throws -> T {
        pthread_rwlock_rdlock(gate)
        defer { pthread_rwlock_unlock(gate) }
        let reader = try ownReader()
        served.add(1, ordering: .relaxed)
        do {
            return try reader.connection.withBudget(nanoseconds: budgetNanoseconds) {
                try reader.connection.reading { try body(reader) }
            }
        } catch StorageError.overBudget {
            overBudget.add(1, ordering: .relaxed)
            throw StorageError.overBudget
        }
    }

    /// Reads so far, and those of them that took too long and were stopped.
    var counters: (served: Int64, overBudget: Int64) {
        (served.load(ordering: .relaxed), overBudget.load(ordering: .relaxed))
    }

    private func ownReader() throws -> Reader {
        // Before anything is opened: a closed database leaves one file, and opening would make a log again.
        guard !threads.withLock({ $0.isClosed }) else { throw StorageError.closed }
        if let raw = pthread_getspecific(key), let reader = Unmanaged<ThreadReader>.fromOpaque(raw).takeUnretainedValue().reader {
            return reader
        }
        let own = ThreadReader(try Connection(path: path, role: .reader), of: self)
        threads.withLock { $0.all[ObjectIdentifier(own)] = own }
        pthread_setspecific(key, Unmanaged.passRetained(own).toOpaque())
        guard let reader = own.reader else { throw StorageError.closed }
        return reader
    }

    /// Waits for the reads under way, then closes every connection.
    func close() {
        pthread_rwlock_wrlock(gate)
        defer { pthread_rwlock_unlock(gate) }
        let open: [ThreadReader] = threads.withLock { state in
            guard !state.isClosed else { return [] }
            state.isClosed = true
            // Threads that still live keep an empty shell each; nobody can take it from them.
            pthread_key_delete(key)
            defer { state.all = [:] }
            return Array(state.all.values)
        }
        for thread in open { thread.drop() }
    }
}
