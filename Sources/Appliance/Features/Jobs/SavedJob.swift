import Platform

/// A job that an account keeps, with what it notes about it.
struct SavedJob: Sendable, Equatable {
    var rowID: Int64
    var id: Identifier
    var job: JobListItem
    var category: String
    var notes: String
    var createdAt: Timestamp
    /// The account's id.
    var user: Identifier

    static let longestCategory = 50
    static let longestNotes = 10_000

    static let description = Resource<SavedJob>(
        name: "SavedJob",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("job", .object) { $0.job.write(into: &$1) },
            .text(
                "category", max: longestCategory, required: false, blank: true, get: { $0.category }, set: { $0.category = $1 }),
            .text("notes", max: longestNotes, required: false, blank: true, get: { $0.notes }, set: { $0.notes = $1 }),
            .readOnly("created_at", .datetime) { $1.timestamp($0.createdAt) },
            .readOnly("user", .identifier) { $1.identifier($0.user) },
        ])

    func write(into writer: inout JSONWriter) { Self.description.write(self, into: &writer) }
}
