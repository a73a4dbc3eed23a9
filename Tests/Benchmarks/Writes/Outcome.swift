import CSQLite
import Glibc
import Platform

/// What a run came to.
struct Outcome: Sendable {
    let samples: [Sample]
    /// Writes in all, also outside the window, and the commits that they shared.
    let acknowledged: Int
    let commits: Int
    let synchronous: Int

    private static let buckets = 20

    func json(of trial: Trial) -> JSONValue {
        let latencies = samples.map(\.latency).sorted()
        return [
            "mode": .string(trial.mode.rawValue),
            "callers": .integer(trial.callers),
            "seconds": .decimal(trial.seconds),
            "synchronous": .string(synchronous == 2 ? "FULL" : synchronous == 1 ? "NORMAL" : "\(synchronous)"),
            "sync_delay_us": .integer(Self.syncDelay),
            "sqlite": .string(String(cString: sqlite3_libversion())),
            "writes": .integer(samples.count),
            "writes_per_second": .decimal(Double(samples.count) / trial.seconds),
            "writes_per_commit": .decimal(Double(acknowledged) / Double(max(1, commits))),
            "p50_ms": latencies.percentile(50).milliseconds,
            "p99_ms": latencies.percentile(99).milliseconds,
            "max_ms": latencies.percentile(100).milliseconds,
            "over_time": .array(overTime(trial)),
        ]
    }

    /// The window in equal parts: how many writes ended in each, and how long they had taken.
    private func overTime(_ trial: Trial) -> [JSONValue] {
        let width = trial.seconds * 1e6 / Double(Self.buckets)
        var parts = [[UInt32]](repeating: [], count: Self.buckets)
        for sample in samples { parts[min(Self.buckets - 1, Int(Double(sample.endedAt) / width))].append(sample.latency) }
        return parts.enumerated().map { number, latencies in
            let latencies = latencies.sorted()
            return [
                "at_s": .decimal((Double(number) + 0.5) * width / 1e6),
                "writes": .integer(latencies.count),
                "p50_ms": latencies.percentile(50).milliseconds,
                "p99_ms": latencies.percentile(99).milliseconds,
            ]
        }
    }

    /// What `slowsync.c` was told to add to each sync, where it is loaded.
    private static var syncDelay: Int {
        guard let text = getenv("SLOWSYNC_US") else { return 0 }
        return Int(String(cString: text)) ?? 0
    }
}

extension [UInt32] {
    /// By nearest rank, of a sorted array; nil of an empty one.
    fileprivate func percentile(_ percent: Int) -> UInt32? {
        isEmpty ? nil : self[Swift.max(0, (count * percent + 99) / 100 - 1)]
    }
}

extension UInt32? {
    fileprivate var milliseconds: JSONValue { map { .decimal(Double($0) / 1000) } ?? .null }
}
