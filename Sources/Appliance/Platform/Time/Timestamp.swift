/// A moment in time: microseconds since 1970-01-01T00:00:00Z, as the database stores it.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(seconds: Int64) {
        self.init(microseconds: seconds.multipliedClamping(by: 1_000_000))
    }

    /// Whole seconds, rounded down also before 1970.
    package var seconds: Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds + 1) / 1_000_000 - 1
    }

    /// The moment some seconds later, or earlier for a negative number. It stops at the ends of time that 64
    /// bits can hold, so that no configured interval can overflow.
    package func adding(seconds: Int) -> Timestamp {
        adding(microseconds: Int64(seconds).multipliedClamping(by: 1_000_000))
    }

    package func adding(microseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.microseconds.addingReportingOverflow(microseconds)
        guard overflow else { return Timestamp(microseconds: sum) }
        return Timestamp(microseconds: microseconds < 0 ? .min : .max)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Int64 {
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        guard overflow else { return product }
        return self < 0 ? .min : .max
    }
}
