/// Values by the numbers of rows. Numbers are given out one after the other, so mostly an array holds them, in which a value
/// is found in a fraction of the time that a dictionary takes; where most are gone again it is a dictionary.
struct RowMap<Value: Sendable>: Sendable {
    private let first: Int64
    private var dense: [Value?]
    private var sparse: [Int64: Value] = [:]

    /// - Parameter bounds: the lowest and the highest number; nil where there is no row.
    init(bounds: ClosedRange<Int64>?, count: Int64) {
        first = bounds?.lowerBound ?? 0
        let span = bounds.map { $0.upperBound.subtractingReportingOverflow($0.lowerBound) }
        if let span, !span.overflow, span.partialValue / 4 <= count {
            dense = Array(repeating: nil, count: Int(span.partialValue) + 1)
        } else {
            dense = []
        }
    }

    subscript(row: Int64) -> Value? {
        get { place(row).map { dense[$0] } ?? sparse[row] }
        set { if let place = place(row) { dense[place] = newValue } else { sparse[row] = newValue } }
    }

    private func place(_ row: Int64) -> Int? {
        let (offset, isOverflow) = row.subtractingReportingOverflow(first)
        return !isOverflow && offset >= 0 && offset < dense.count ? Int(offset) : nil
    }
}
