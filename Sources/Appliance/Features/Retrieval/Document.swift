import Platform

/// Something with a text in which something can be found.
struct Document: Sendable, Equatable {
    var source: Passage.Source
    /// The source's number in its own table.
    var rowID: Int64
    /// The id by which clients know the source.
    var id: String
    /// Whose it is; nil for what everybody may find. A private source without an owner is stored nowhere.
    var owner: Owner?
    /// Stands beside each passage; may be empty.
    var title: String
    var text: String
    var metadata: JSONValue = .object(JSONObject([]))
    var form = Form.prose

    enum Form: Sendable {
        case prose
        /// Each line says something by itself, and is a passage of its own.
        case lines
    }

    var pieces: [PassageSplitter.Piece] {
        switch form {
        case .prose: PassageSplitter.standard.pieces(of: text)
        case .lines: Self.lines(of: text)
        }
    }

    private static func lines(of text: String) -> [PassageSplitter.Piece] {
        var pieces: [PassageSplitter.Piece] = []
        var start = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let end = start + line.utf8.count
            if !line.isEmpty { pieces.append(PassageSplitter.Piece(start: start, end: end, text: String(line))) }
            start = end + 1
        }
        return pieces
    }
}

/// A feature whose rows can be found. What it says here, and what it puts into the index whenever a row changes, is the
/// same: so an index can be made anew, and held against its sources.
protocol DocumentSource: Sendable {
    var source: Passage.Source { get }

    /// The numbers of all rows of which there may be a document.
    func rowIDs(in reader: Reader) throws -> [Int64]

    /// The document of a row; nil when the row is gone, or is not to be found.
    func document(_ rowID: Int64, in reader: Reader) throws -> Document?
}
