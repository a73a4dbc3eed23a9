import Platform

/// All applications of all accounts, for the operator.
struct ApplicationRecords: ExportSource {
    let name = "applications"

    /// Applications that are read at a time.
    private static let slice = 200

    func head(_ format: ExportFormat) -> [UInt8] { ApplicationExport.head(Self.own(format)) }

    func count(in reader: Reader) throws -> Int { try ApplicationStore.count(in: reader) }

    func each(
        after rowID: Int64, as format: ExportFormat, at now: Timestamp, in reader: Reader, body: (ExportLine) throws -> Void
    ) throws {
        var after = rowID
        while true {
            let applications = try ApplicationStore.slice(after: after, limit: Self.slice, in: reader)
            guard let last = applications.last else { return }
            for application in applications {
                try body(ExportLine(rowID: application.rowID, bytes: ApplicationExport.line(application, Self.own(format))))
            }
            after = last.rowID
        }
    }

    private static func own(_ format: ExportFormat) -> ApplicationExport.Format {
        switch format {
        case .jsonl: .jsonl
        case .csv: .csv
        }
    }
}
