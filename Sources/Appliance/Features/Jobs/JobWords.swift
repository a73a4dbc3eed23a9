import Platform

/// The index that knows the inside of words: which jobs have a text in their description or their lists of skills.
///
/// Here a word is whatever stands between blanks, folded, with all its signs; an item of a list of skills is one word, with
/// its blanks. A part of a word is found in two steps: the vocabulary, which is short, says which words hold the part, and
/// the index, which jobs have these words. That is exact, for a part without blanks lies within one word.
enum JobWords {
    static func add(_ job: Job, rowID: Int64, in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO jobs_words (rowid, words) VALUES ($1, $2)", rowID, text(of: job))
    }

    /// The index holds no text of its own, so taking a job out needs what was put in.
    static func remove(_ job: Job, rowID: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO jobs_words (jobs_words, rowid, words) VALUES ('delete', $1, $2)", rowID, text(of: job))
    }

    static func isSame(_ left: Job, _ right: Job) -> Bool {
        left.description == right.description && left.skillsRequired == right.skillsRequired
            && left.skillsPreferred == right.skillsPreferred
    }

    /// Row ids of the jobs that have one of the words.
    static func rowIDs(having words: [[UInt8]], in reader: Reader) throws -> JobMark {
        var found: [Int64] = []
        for word in words {
            let quote: UInt8 = 0x22
            let quoted: [UInt8] = [quote] + word.flatMap { (byte: UInt8) -> [UInt8] in byte == quote ? [quote, quote] : [byte] } + [quote]
            try reader.each(having, String(decoding: quoted, as: UTF8.self)) { found.append(try $0.int(0)) }
        }
        return JobMark(of: found)
    }

    static let having = "SELECT rowid FROM jobs_words WHERE jobs_words MATCH $1"

    /// Each word that some job has, once.
    static func eachWord(in reader: Reader, body: ([UInt8]) -> Void) throws {
        try reader.each("SELECT term FROM jobs_vocabulary") { body($0.bytes(0)) }
    }

    // MARK: What a word is

    static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && !isKept(byte) || byte == 0x7f }

    /// What stands for a blank within an item. In a description it is a blank like others.
    private static func isKept(_ byte: UInt8) -> Bool { byte == 0x1e || byte == 0x1f }

    /// A part of an item of a list, folded, as it stands in the index.
    static func item(_ folded: String) -> [UInt8] {
        folded.utf8.map { byte in
            switch byte {
            case 0x20: 0x1f
            case 0x7f: 0x1e
            default: byte
            }
        }
    }

    /// A word longer than this is kept as pieces that overlap by half, as the index would cut it off. No part that
    /// anybody may look for is as long as half a piece.
    static let pieceBytes = 8192

    /// The words of a folded text.
    static func split(_ folded: String) -> [Substring.UTF8View] {
        let words = folded.utf8.split(whereSeparator: isBlank)
        return words.contains { $0.count > pieceBytes } ? words.flatMap(pieces) : words
    }

    /// A text as it stands within a list in JSON.
    static func listed(_ text: String) -> String {
        // By bytes: a mark that goes with the letter before it would go with the quote.
        String(decoding: JSONValue.string(text).jsonText.utf8.dropFirst().dropLast(), as: UTF8.self)
    }

    /// The texts of a job that may hold a skill, in one: a line for each item as it is stored, then the description.
    static func text(description: String, skills: [String]) -> String {
        var bytes: [UInt8] = []
        for skill in skills { bytes += item(Folding.fold(listed(skill))) + [0x0a] }
        for byte in Folding.fold(description).utf8 { bytes.append(isKept(byte) ? 0x0a : byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What the index is given of a job.
    private static func text(of job: Job) -> String {
        let text = text(description: job.description, skills: job.skillsRequired + job.skillsPreferred)
        guard text.utf8.count > pieceBytes else { return text }
        return split(text).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }

    private static func pieces(of word: Substring.UTF8View) -> [Substring.UTF8View] {
        guard word.count > pieceBytes else { return [word] }
        return stride(from: 0, to: word.count - pieceBytes / 2, by: pieceBytes / 2).map { word.dropFirst($0).prefix(pieceBytes) }
    }
}
