import Platform

/// All jobs, with every field that the API shows. `import jobs` reads what this writes.
struct JobExport: ExportSource {
    let name = "jobs"

    private static let columns = JobResource.description.fields.map(\.schema.name)

    func head(_ format: ExportFormat) -> [UInt8] { format.head(Self.columns) }

    func count(in reader: Reader) throws -> Int { Int(try JobStore.count(in: reader)) }

    func each(
        after rowID: Int64, as format: ExportFormat, at now: Timestamp, in reader: Reader, body: (ExportLine) throws -> Void
    ) throws {
        try JobStore.each(after: rowID, at: now, in: reader) { job in
            guard let stored = job.stored else { return }
            var writer = JSONWriter(reserving: 4096)
            JobResource.description.write(job, into: &writer)
            try body(ExportLine(rowID: stored.rowID, bytes: try format.line(writer.bytes, columns: Self.columns)))
        }
    }
}
