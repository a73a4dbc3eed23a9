import Platform

/// The full-text index over active jobs: the one place that knows how `jobs_text` works.
///
/// It holds no text of its own (`content = 'jobs'`), so taking a job out needs the text that was put in.
enum JobText {
    /// The columns with the names that clients know them by, and what a word in each of them is worth.
    static let fields: [(name: String, column: String, weight: Double)] = [
        ("title", "title", 8), ("company", "company", 3), ("description", "description", 1), ("requirements", "requirements", 1.5),
        ("skills", "skills_text", 4),
    ]

    /// The rank of a match, to be put into a statement that matches; the smaller the better.
    static let rank = "bm25(jobs_text, \(fields.map { "\($0.weight)" }.joined(separator: ", ")))"

    private static let columns = fields.map(\.column).joined(separator: ", ")

    static func add(_ job: Job, rowID: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO jobs_text (rowid, \(columns)) VALUES ($1, $2, $3, $4, $5, $6)", arguments: [rowID] + texts(of: job))
    }

    static func remove(_ job: Job, rowID: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO jobs_text (jobs_text, rowid, \(columns)) VALUES ('delete', $1, $2, $3, $4, $5, $6)",
            arguments: [rowID] + texts(of: job))
    }

    /// Whether two versions of a job have the same words.
    static func isSame(_ left: Job, _ right: Job) -> Bool { texts(of: left) == texts(of: right) }

    private static func texts(of job: Job) -> [String] {
        [job.title, job.company, job.description, job.requirements, job.skillsText]
    }

    /// The parts of jobs in which the query was found, by job and by field, as HTML whose only markup is `<mark>`.
    ///
    /// One walk over the matches between the first and the last of the jobs: to find the words anew for each of twenty jobs
    /// takes longer than all the rest of a search.
    static func snippets(
        of rowIDs: [Int64], _ query: JobQuery, marks: SnippetMarks, in reader: Reader
    ) throws -> [Int64: [(field: String, html: String)]] {
        guard let lowest = rowIDs.min(), let highest = rowIDs.max() else { return [:] }
        let set = JobMark(of: rowIDs)
        let found = try reader.rows(
            snippetSQL, query.expression, lowest, highest, set.bytes, set.base, marks.start, marks.end
        ) { row in (try row.int(0), try fields.indices.map { try row.text($0 + 1) }) }
        return Dictionary(
            found.map { rowID, texts in
                (rowID, zip(fields, texts).compactMap { field, text in marks.html(of: text).map { (field.name, $0) } })
            }, uniquingKeysWith: { first, _ in first })
    }

    static let snippetSQL: String = {
        // Titles and names are shown whole, long texts by the part that has most of the words.
        let parts = fields.enumerated().map { place, field in
            ["title", "company"].contains(field.name)
                ? "highlight(jobs_text, \(place), $6, $7)" : "snippet(jobs_text, \(place), $6, $7, '…', 32)"
        }
        return """
            SELECT rowid, \(parts.joined(separator: ", ")) FROM jobs_text
            WHERE jobs_text MATCH $1 AND rowid BETWEEN $2 AND $3 AND \(JobMark.condition(on: "rowid", bytes: 4, base: 5))
            """
    }()

    /// All active jobs that match.
    static func matches(_ query: JobQuery, in reader: Reader) throws -> JobMark {
        JobMark(of: try reader.rows("SELECT rowid FROM jobs_text WHERE jobs_text MATCH $1", query.expression) { try $0.int(0) })
    }

    /// How many active jobs match that are in the set, if one is given.
    static func count(_ query: JobQuery, within set: JobMark?, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM jobs_text\(condition(set))", arguments: arguments(query, set)))
    }

    static func isMatch(_ query: JobQuery, _ rowID: Int64, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM jobs_text WHERE jobs_text MATCH $1 AND rowid = $2", query.expression, rowID) == 1
    }

    /// The newest matches, best first; at most `limit`, which is how many are compared by rank.
    static func ranked(_ query: JobQuery, within set: JobMark?, limit: Int, in reader: Reader) throws -> [Int64] {
        try scored(query, within: set, limit: limit, in: reader).map(\.rowID)
    }

    /// The same with the score of each; the smaller the better.
    static func scored(
        _ query: JobQuery, within set: JobMark?, limit: Int, in reader: Reader
    ) throws -> [(rowID: Int64, score: Double)] {
        let found = try reader.rows(rankedSQL(within: set), arguments: arguments(query, set) + [limit]) {
            (rowID: try $0.int(0), score: try $0.double(1))
        }
        return found.sorted { ($0.score, $1.rowID) < ($1.score, $0.rowID) }
    }

    /// Matches as the index has them, newest first: what comes behind those that are ranked.
    static func unranked(_ query: JobQuery, within set: JobMark?, limit: Int, offset: Int, in reader: Reader) throws -> [Int64] {
        let places = set == nil ? "LIMIT $2 OFFSET $3" : "LIMIT $4 OFFSET $5"
        return try reader.rows(
            "SELECT rowid FROM jobs_text\(condition(set)) ORDER BY rowid DESC \(places)",
            arguments: arguments(query, set) + [limit, offset]
        ) { try $0.int(0) }
    }

    static func rankedSQL(within set: JobMark?) -> String {
        "SELECT rowid, \(rank) FROM jobs_text\(condition(set)) ORDER BY rowid DESC LIMIT $\(set == nil ? 2 : 4)"
    }

    private static func condition(_ set: JobMark?) -> String {
        " WHERE jobs_text MATCH $1" + (set == nil ? "" : " AND " + JobMark.condition(on: "rowid", bytes: 2, base: 3))
    }

    private static func arguments(_ query: JobQuery, _ set: JobMark?) -> [(any SQLBindable)?] {
        [query.expression] + (set.map { [$0.bytes, $0.base] } ?? [])
    }

    /// Row ids of the active jobs that match, best first, among the newest matches.
    static func best(_ query: JobQuery, limit: Int, in reader: Reader) throws -> [Int64] {
        Array(try ranked(query, within: nil, limit: rankedMatches, in: reader).prefix(limit))
    }

    /// How many matches are compared by rank. Words that every job has match every job, and ranking takes microseconds for
    /// each: the newest matches are ranked, the others follow behind them.
    static let rankedMatches = 1000
}

/// Two words between which FTS5 puts what it found. They are made anew for each answer, so that no job can hold them.
struct SnippetMarks: Sendable {
    let start: String
    let end: String

    init(random: any RandomSource) {
        let word = Hex.encode(random.bytes(8))
        start = "\u{2}\(word)\u{2}"
        end = "\u{3}\(word)\u{3}"
    }

    /// The text as HTML; nil when nothing was found in it. By bytes: a search shows a hundred texts, and to look for the words
    /// in strings took longer than to find the jobs.
    func html(of text: String) -> String? {
        let text = Array(text.utf8)
        var html: [UInt8] = []
        html.reserveCapacity(text.count + 64)
        var (isFound, place) = (false, 0)
        while place < text.count {
            let byte = text[place]
            if byte == 0x02 || byte == 0x03 {
                let (word, tag) = byte == 0x02 ? (start, "<mark>") : (end, "</mark>")
                if text[place...].starts(with: word.utf8) {
                    html += tag.utf8
                    isFound = true
                    place += word.utf8.count
                    continue
                }
            }
            switch byte {
            case UInt8(ascii: "&"): html += "&amp;".utf8
            case UInt8(ascii: "<"): html += "&lt;".utf8
            case UInt8(ascii: ">"): html += "&gt;".utf8
            case UInt8(ascii: "\""): html += "&quot;".utf8
            case UInt8(ascii: "'"): html += "&#39;".utf8
            default: html.append(byte)
            }
            place += 1
        }
        return isFound ? String(decoding: html, as: UTF8.self) : nil
    }
}
