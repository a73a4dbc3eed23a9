/// Which rows a search may answer with. Applied before ranking, never after: a search for k among the rows
/// that pass gives k rows whenever that many pass, however few they are.
package enum RowFilter: Sendable {
    /// Rows with one of these ids. Ids that are not in the index are ignored.
    case ids(Set<Int64>)
    /// Rows whose id satisfies the rule. It is called once a row, on the searching thread, outside any lock.
    case matching(@Sendable (Int64) -> Bool)
}
