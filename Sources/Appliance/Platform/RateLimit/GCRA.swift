/// The generic cell rate algorithm (ITU-T I.371): a bucket that refills evenly, kept as one moment.
///
/// A full bucket holds `burst` requests, and one more fits again every `interval` microseconds. All that is stored of
/// a bucket is the moment at which it will be full again, the theoretical arrival time of the standard; a bucket that
/// is full need not be stored at all.
package struct GCRA: Sendable, Equatable {
    /// Requests that may come at once.
    package let burst: Int
    /// Microseconds in which one request's room comes back.
    package let interval: Int64

    /// `burst` requests within each period, which is in seconds.
    package init(burst: Int, period: Int) {
        self.burst = max(1, burst)
        interval = max(1, Int64(period) * 1_000_000 / Int64(self.burst))
    }

    /// `burst` requests at once, and one more after each interval of so many microseconds.
    package init(burst: Int, microseconds interval: Int64) {
        self.burst = max(1, burst)
        self.interval = max(1, interval)
    }

    package struct Decision: Sendable, Equatable {
        package let isAdmitted: Bool
        /// Requests that would still be admitted at this moment.
        package let remaining: Int
        /// Microseconds until the bucket is full.
        package let untilFull: Int64
        /// Microseconds until one request fits; zero when it was admitted.
        package let untilNext: Int64
    }

    /// Judges one request. `fullAt` is what is stored of the bucket, zero for a full one; it is moved only when the
    /// request is admitted, so that a client which keeps asking gets in as soon as one that waits.
    package func admit(fullAt: inout Int64, now: Int64) -> Decision {
        let room = Int64(burst) * interval
        // A clock that was set back must not lock anybody out for as long as it went back.
        let from = min(max(fullAt, now), now + room)
        let to = from + interval
        let free = now + room - to
        guard free >= 0 else {
            // The same moment as before, unless the clock was set back.
            fullAt = from
            return Decision(isAdmitted: false, remaining: 0, untilFull: from - now, untilNext: -free)
        }
        fullAt = to
        return Decision(isAdmitted: true, remaining: Int(free / interval), untilFull: to - now, untilNext: 0)
    }
}
