import Platform

/// A kind of record that can be exported. Adding one is adding it to `Core.exportSources`.
protocol ExportSource: Sendable {
    /// The word on the command line: `jobraker export <name>`.
    var name: String { get }

    /// What a file begins with: nothing, or the names of the columns.
    func head(_ format: ExportFormat) -> [UInt8]

    func count(in reader: Reader) throws -> Int

    /// Hands the records behind `rowID` to `body`, in the order of their rows, until that throws.
    func each(
        after rowID: Int64, as format: ExportFormat, at now: Timestamp, in reader: Reader, body: (ExportLine) throws -> Void) throws
}

/// One record as it stands in the file, with the end of its line.
struct ExportLine: Sendable, Equatable {
    let rowID: Int64
    let bytes: [UInt8]
}

/// A part of an export, of a size that fits into memory: whoever wants it all asks for one after another, each from where
/// the last one ended. Every record that is there all the time is exported once, and each part shows one state.
struct ExportPiece: Sendable, Equatable {
    private(set) var text: [UInt8] = []
    private(set) var count = 0
    /// Behind which row the next piece begins; nil after the last one.
    private(set) var next: Int64?

    /// A piece is full when it is as long as this; one record may take it beyond.
    static let fullAt = 512 << 10

    private struct Full: Error {}

    static func read(
        _ source: any ExportSource, as format: ExportFormat, after rowID: Int64, at now: Timestamp, fullAt: Int = Self.fullAt,
        in reader: Reader
    ) throws -> ExportPiece {
        var piece = ExportPiece()
        if rowID == 0 { piece.text = source.head(format) }
        var last = rowID
        do {
            try source.each(after: rowID, as: format, at: now, in: reader) { line in
                if piece.count > 0, piece.text.count >= fullAt { throw Full() }
                piece.text += line.bytes
                piece.count += 1
                last = line.rowID
            }
        } catch is Full {
            piece.next = last
        }
        return piece
    }
}
