import CVecKernels

/// Search over codes: one pass over all codes picks the rows that may be among the best, by bounds that a row's
/// true rank seldom exceeds; these are scored exactly, highest bound first, until the next bound is below the
/// k-th best score so far. How many that are depends on the query, and is not chosen beforehand.
extension FlatSnapshot {
    /// Whether codes make a search faster: not for few rows, be it in all or that a filter allows, whose vectors
    /// are read as soon.
    func usesCodes(answer: Int, filter: Bitmap?) -> Bool {
        guard parts.contains(where: { $0.codes != nil }) else { return false }
        let allowed = filter?.count ?? count
        return allowed > count / 64 && allowed >= 1024 && answer <= allowed / 8
    }

    func searchCodes(_ query: PreparedQuery, capacity: Int, filter: Bitmap?, deviations: Float) -> BestMatches {
        var search = CodeSearch(query, of: self, capacity: capacity, filter: filter, deviations: deviations)
        search.run()
        return search.best
    }
}
