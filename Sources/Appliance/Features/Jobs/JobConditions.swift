import Platform

/// A filter by fields that are compared for equality, as the WHERE of a statement over `jobs_folded`, with its arguments.
///
/// One of the fields is searched by its index, which then also gives the order; the others are written `(a = b) IS TRUE`,
/// which is the same to the result and no offer to the planner, so that the plan does not depend on its guesses.
struct JobConditions {
    private(set) var arguments: [(any SQLBindable)?] = []
    private var texts: [String] = []

    init(_ filter: JobFilter, order: JobOrder) {
        let compared: [(column: String, value: (any SQLBindable)?)] = [
            ("job_type", filter.jobType), ("experience_level", filter.experienceLevel), ("is_remote", filter.isRemote),
            ("status", filter.status),
        ]
        let searched = order == .salary ? "status" : compared.first { $0.value != nil }?.column
        for (column, value) in compared {
            guard let value else { continue }
            arguments.append(value)
            let comparison = "jobs_folded.\(column) = $\(arguments.count)"
            texts.append(column == searched ? comparison : "(\(comparison)) IS TRUE")
        }
    }

    var sql: String { texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND ") }
}
