import Platform

/// A set of jobs as one byte a job: what a statement, and a pass over all jobs, can look into quickly.
///
/// For the job with number n it is the byte at n - base, counted from 1: 1 where the job is in the set. Jobs before the
/// first byte and behind the last one are not.
struct JobMark: Sendable, Hashable {
    var bytes: [UInt8] = []
    var base: Int64 = 0

    init() {}

    init(of rowIDs: [Int64]) {
        guard let lowest = rowIDs.min(), let highest = rowIDs.max() else { return }
        base = lowest - 1
        bytes = [UInt8](repeating: 0, count: Int(highest - base))
        for rowID in rowIDs { bytes[Int(rowID - base) - 1] = 1 }
    }

    /// In ascending order.
    var rowIDs: [Int64] { bytes.indices.filter { bytes[$0] == 1 }.map { base + 1 + Int64($0) } }

    func holds(_ rowID: Int64) -> Bool {
        let index = rowID - base - 1
        return index >= 0 && index < Int64(bytes.count) && bytes[Int(index)] == 1
    }

    mutating func set(_ rowID: Int64, _ isSo: Bool) {
        if bytes.isEmpty { base = rowID - 1 }
        if rowID <= base {
            bytes.insert(contentsOf: [UInt8](repeating: 0, count: Int(base - rowID) + 1), at: 0)
            base = rowID - 1
        }
        let index = Int(rowID - base) - 1
        if index >= bytes.count { bytes += [UInt8](repeating: 0, count: index - bytes.count + 1) }
        bytes[index] = isSo ? 1 : 0
    }

    /// The condition that a statement puts to a job, with its two arguments: the bytes, then the base.
    static func condition(on column: String, bytes: Int, base: Int) -> String { "substr($\(bytes), \(column) - $\(base), 1) = x'01'" }
}
