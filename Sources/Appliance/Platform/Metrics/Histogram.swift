import Synchronization

/// How long something took, counted in steps: what Prometheus calls a histogram.
package final class Histogram: Sendable {
    /// What was counted so far.
    package struct Reading: Sendable, Equatable {
        /// For each bound, how many were at most that long; the last counts all.
        package var cumulative: [Int64]
        package var sumMicroseconds: Int64
        package var count: Int64 { cumulative[cumulative.count - 1] }
    }

    /// From half a millisecond to two minutes, in microseconds.
    package static let standardBounds: [Int64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
        30_000_000, 120_000_000,
    ]

    private struct State: Sendable {
        var counts: [Int64]
        var sum: Int64 = 0
    }

    /// The steps' upper ends in microseconds, ascending.
    package let bounds: [Int64]
    private let state: Mutex<State>

    package init(bounds: [Int64] = Histogram.standardBounds) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int64](repeating: 0, count: bounds.count + 1)))
    }

    package func record(microseconds: Int64) {
        // Most are short, so the search begins at the short end.
        var step = 0
        while step < bounds.count, microseconds > bounds[step] { step += 1 }
        state.withLock { state in
            state.counts[step] += 1
            state.sum += max(0, microseconds)
        }
    }

    package var reading: Reading {
        state.withLock { state in
            var total: Int64 = 0
            let cumulative = state.counts.map { count -> Int64 in
                total += count
                return total
            }
            return Reading(cumulative: cumulative, sumMicroseconds: state.sum)
        }
    }
}
