import Glibc

/// Where the time comes from. Everything that waits or stamps a row is given one, so that a test decides
/// what time it is and never sleeps.
package protocol PlatformClock: Sendable {
    func now() -> Timestamp

    /// Returns when the time has passed, at once for none; throws `CancellationError` if the task is
    /// cancelled first.
    func sleep(microseconds: Int64) async throws
}

/// The computer's clock. `now` follows the wall clock, also when it is set; `sleep` does not.
package struct SystemClock: PlatformClock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    package func sleep(microseconds: Int64) async throws {
        try await Task.sleep(for: .microseconds(max(0, microseconds)))
    }
}
