import Platform
import Synchronization

/// The one copy of the narrow table in memory. The first who needs it reads the table; from then on only the rows that
/// were changed since are read.
final class KeptJobRows: Sendable {
    private struct State {
        var rows = JobRows()
        /// The generation of the jobs that the rows are of; nil before they were read.
        var generation: Int64?
    }

    private let state: Mutex<State> = Mutex(State())
    private let spareRows: Int

    /// When more rows than there are, and these beside them, have been replaced, all is read anew.
    init(spareRows: Int = 1000) { self.spareRows = spareRows }

    /// The rows as the reader's state of the database has them.
    func rows(in reader: Reader) throws -> JobRows {
        let generation = try JobIndex.generation(in: reader)
        let known = state.withLock { $0 }
        if known.generation == generation { return known.rows }
        let isUsable = known.generation.map { $0 < generation } ?? false
        // Texts that no row has any more stay where they are.
        let isWorn = known.rows.replaced > known.rows.count + spareRows
        var rows = isUsable && !isWorn ? known.rows : JobRows()
        try JobListStore.bring(&rows, upFrom: isUsable && !isWorn ? known.generation : nil, in: reader)
        state.withLock { state in
            // Rows of an older state are for this reader alone.
            if state.generation.map({ $0 < generation }) ?? true { state = State(rows: rows, generation: generation) }
        }
        return rows
    }
}
