import Platform

/// A filter as the WHERE of a statement over `jobs_folded`, with its arguments.
///
/// Of the fields that are compared for equality one may be searched by its index, which then also gives the order; the
/// others are written `(a = b) IS TRUE`, which is the same to the result and no offer to the planner, so that the plan
/// does not depend on its guesses. Where each job has to be looked at anyway, all are written so: one pass over the
/// narrow index in its order is cheaper than a walk that jumps from an index to the rows.
struct JobConditions {
    private(set) var arguments: [(any SQLBindable)?] = []
    private var texts: [String] = []

    /// How the words come in.
    enum Source {
        /// Row by row from the full-text index, each looked up in the narrow table.
        case matches
        /// As a set that the walk in order looks into.
        case order(JobOrder)
        /// Only counted or gathered: in whatever order.
        case any
    }

    init(_ filter: JobFilter, marks: [SkillMarks.Mark], source: Source) {
        addWords(filter, source)
        addEquality(filter, source)
        for (column, text) in [("title", filter.title), ("company", filter.company), ("location", filter.location)] where !text.isEmpty {
            texts.append("instr(jobs_folded.\(column), \(place(text))) > 0")
        }
        if let low = filter.minimumSalary {
            let low = place(low)
            texts.append("(jobs_folded.salary_min >= \(low) OR jobs_folded.salary_max >= \(low))")
        }
        if let high = filter.maximumSalary {
            let high = place(high)
            texts.append("(jobs_folded.salary_max <= \(high) OR jobs_folded.salary_min <= \(high))")
        }
        if !filter.skills.isEmpty {
            let any = marks.map { "substr(\(place($0.bytes)), jobs_folded.rid - \(place($0.base)), 1) = x'01'" }
            texts.append("(" + any.joined(separator: " OR ") + ")")
        }
    }

    var sql: String { texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND ") }

    private mutating func place(_ value: any SQLBindable) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    private mutating func addWords(_ filter: JobFilter, _ source: Source) {
        guard let query = filter.words?.query else { return }
        switch source {
        case .matches, .any:
            texts.append("jobs_text MATCH \(place(query.expression)) AND jobs_folded.rid = jobs_text.rowid")
        case .order:
            texts.append("(jobs_folded.rid IN (SELECT rowid FROM jobs_text WHERE jobs_text MATCH \(place(query.expression)))) IS TRUE")
        }
    }

    private mutating func addEquality(_ filter: JobFilter, _ source: Source) {
        let compared: [(column: String, value: (any SQLBindable)?)] = [
            ("job_type", filter.jobType), ("experience_level", filter.experienceLevel), ("is_remote", filter.isRemote),
            ("status", filter.status),
        ]
        let searched = searchedColumn(filter, source, compared.first { $0.value != nil }?.column)
        for (column, value) in compared {
            guard let value else { continue }
            let comparison = "jobs_folded.\(column) = \(place(value))"
            texts.append(column == searched ? comparison : "(\(comparison)) IS TRUE")
        }
    }

    /// The column whose index is to be used.
    private func searchedColumn(_ filter: JobFilter, _ source: Source, _ first: String?) -> String? {
        if case .order(.salary) = source { return "status" }
        if case .matches = source { return nil }
        return filter.isIndexed ? first : nil
    }
}
