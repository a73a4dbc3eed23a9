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

    /// The rows as the reader's state of the database has them. Who comes while they are being read waits, and does not
    /// read them too.
    func rows(in reader: Reader) throws -> JobRows {
        let generation = try JobIndex.generation(in: reader)
        return try state.withLock { state in
            if state.generation == generation { return state.rows }
            if let kept = state.generation, kept > generation {
                // Rows of an older state are for this reader alone.
                var rows = JobRows()
                try JobListStore.bring(&rows, upFrom: nil, in: reader)
                return rows
            }
            // Texts that no row has any more stay where they are.
            if state.rows.replaced > state.rows.count + spareRows { state = State() }
            do { try JobListStore.bring(&state.rows, upFrom: state.generation, in: reader) } catch {
                state = State()
                throw error
            }
            state.generation = generation
            return state.rows
        }
    }
}
