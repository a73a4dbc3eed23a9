import Glibc

/// The mark that tells a snapshot from a live database before SQLite opens it.
///
/// It is the application id in SQLite's own file header (bytes 68 to 71, big
/// endian): "JBRS" in a snapshot, "JBRK" in a live file. Reading it needs no
/// SQLite, so a stray `-wal` beside a restored snapshot is never replayed into it.
enum SnapshotMark {
    static let applicationID: Int64 = 0x4A42_5253  // "JBRS"

    enum Kind: Equatable {
        case missing, empty, live, snapshot, foreign
        /// SQLite without any mark: a new live file whose first pages are still in its log, or somebody else's.
        case unmarked
    }

    static func kind(of path: String) -> Kind {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .missing }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = read(file, &header, header.count)
        if count == 0 { return .empty }
        guard count == 100, Array(header[0..<15]) == Array("SQLite format 3".utf8) else { return .foreign }
        switch header[68..<72].reduce(Int64(0), { $0 << 8 | Int64($1) }) {
        case applicationID: return .snapshot
        case Migrator.applicationID: return .live
        case 0: return .unmarked
        default: return .foreign
        }
    }
}
