import Synchronization

/// The codes of an index follow its rows from when they were first made. That takes a few microseconds a row, and is
/// asked for by the index's owner, after loading and whenever `codesAreDue`, on a thread that may be busy so long.
extension FlatIndex {
    /// Rows from which codes make searches faster.
    package static let fewestCoded = 2048
    /// Growth after which the centre is learnt again.
    private static let growth = 8

    /// Whether `buildCodes` would help: there are rows without codes, or the rows have moved away from the
    /// centre that codes are relative to.
    package var codesAreDue: Bool {
        guard hasCodes else { return false }
        return rows.withLock { rows in
            guard rows.count >= Self.fewestCoded else { return false }
            guard let frame = rows.frame else { return true }
            let newcomers = rows.newcomers
            let areMany = newcomers.count >= max(1000, frame.population / 8)
            let haveStrayed = areMany && newcomers.squares > 1.5 * frame.deviation * Double(newcomers.count)
            return haveStrayed || rows.count / Self.growth >= frame.population || rows.part(at: 0, lacking: frame) != nil
        }
    }

    /// How many rows have codes, for display.
    package var codedCount: Int {
        rows.withLock { $0.codedCount }
    }

    private var hasCodes: Bool {
        codes != .none && dimension >= VectorCodes.smallestDimension
    }

    /// Makes the codes of all rows anew, around their present centre, and sees to it that the rows lie in large pages
    /// (also of an index without codes). Searches and writes go on meanwhile: a part of the rows at a time gets its
    /// codes, and until then is searched as before.
    ///
    /// - Returns: false if no codes were made: few rows, none wanted, or another call is at it.
    @discardableResult
    package func buildCodes() -> Bool {
        guard !isBuildingCodes.exchange(true, ordering: .acquiring) else { return false }
        defer { isBuildingCodes.store(false, ordering: .releasing) }
        defer { rows.withLock { $0.pool }.useLargePages() }
        guard hasCodes, let frame = learnFrame() else { return false }
        rows.withLock { $0.adopt(frame) }
        var index = 0
        while let (next, segment) = rows.withLock({ $0.part(at: index, lacking: frame) }) {
            // Whoever changes the segment meanwhile changes a copy, because it is held here; then it is done again.
            let codes = SegmentCodes(frame: frame, of: segment)
            let isDone = rows.withLock { $0.install(codes, for: segment, at: next) }
            index = isDone ? next + 1 : next
        }
        frame.pool.useLargePages()
        return true
    }

    private func learnFrame() -> CodeFrame? {
        let snapshot = snapshot()
        guard snapshot.count >= Self.fewestCoded else { return nil }
        return CodeFrame(codes: codes, of: snapshot)
    }
}
