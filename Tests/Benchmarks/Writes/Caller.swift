import Glibc
import Platform

/// The span of a run that counts, on the monotonic clock, in nanoseconds.
struct Window: Sendable {
    let start: UInt64
    let end: UInt64

    init(startingAfter warmUp: Double, lasting seconds: Double) {
        start = Self.now() + UInt64(warmUp * 1e9)
        end = start + UInt64(seconds * 1e9)
    }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// One write that ended inside the window, in microseconds.
struct Sample: Sendable {
    /// Since the window's start.
    let endedAt: UInt32
    let latency: UInt32
}

/// One client: stores a row, waits until it is durable, stores the next.
///
/// It keeps its samples to itself until the end: callers share nothing but the database.
struct Caller: Sendable {
    struct Record: Sendable {
        var samples: [Sample] = []
        /// All of its writes, also those before and after the window.
        var acknowledged = 0
    }

    let number: Int
    let database: Database
    let window: Window

    func run(room: Int) async throws -> Record {
        var record = Record()
        record.samples.reserveCapacity(room)
        let owner = number
        var began = Window.now()
        while began < window.end {
            let title = "session \(number) \(record.acknowledged)"
            _ = try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO bench_sessions (id, owner, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)",
                    transaction.newIdentifier(), owner, title, transaction.now)
            }
            let ended = Window.now()
            record.acknowledged += 1
            if ended >= window.start && ended < window.end {
                record.samples.append(
                    Sample(endedAt: UInt32(clamping: (ended - window.start) / 1000), latency: UInt32(clamping: (ended - began) / 1000)))
            }
            began = ended
        }
        return record
    }
}
