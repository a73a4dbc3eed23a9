import Platform
import Synchronization

/// Which jobs have a skill: in their lists of skills or anywhere in their description, whatever stands before and behind it.
///
/// That is found out once for each skill that is asked for, and from then on only the jobs that were changed are looked at
/// again. The first time, the index of words says where the skill stands, in some milliseconds. For a skill of one or two
/// letters, which nearly every job has somewhere, that is no help: then each description is read, which takes a few tenths
/// of a second with a hundred thousand jobs. What is kept is bounded; the skills that were not asked for the longest go first.
final class SkillMarks: Sendable {
    private struct Entry {
        var mark: JobMark
        var generation: Int64
        var lastUse: Int
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses = 0
    }

    private let state: Mutex<State> = Mutex(State())
    private let byteLimit: Int
    private let vocabulary = JobVocabulary()

    init(byteLimit: Int = 32 << 20) { self.byteLimit = byteLimit }

    /// How many skills are kept.
    var count: Int { state.withLock { $0.entries.count } }

    /// The marks of these folded skills, in their order, as of the state that the reader sees.
    func marks(for skills: [String], in reader: Reader) throws -> [JobMark] {
        let generation = try JobIndex.generation(in: reader)
        var entries = state.withLock { state in state.entries.filter { skills.contains($0.key) } }
        let stale = skills.filter { (entries[$0]?.generation ?? generation) < generation }
        if let oldest = stale.compactMap({ entries[$0]?.generation }).min() {
            try look(for: stale, after: oldest, into: &entries, in: reader)
        }
        // A mark from a later state than the reader's is not for it.
        let missing = skills.filter { entries[$0].map { $0.generation > generation } ?? true }
        for skill in missing {
            let mark = try mark(of: skill, at: generation, in: reader)
            entries[skill] = mark.map { Entry(mark: $0, generation: generation, lastUse: 0) }
        }
        let unknown = missing.filter { entries[$0] == nil }
        for skill in unknown { entries[skill] = Entry(mark: JobMark(), generation: generation, lastUse: 0) }
        if !unknown.isEmpty { try look(for: unknown, after: nil, into: &entries, in: reader) }
        keep(entries, at: generation)
        return skills.map { entries[$0]?.mark ?? JobMark() }
    }

    /// Reads what the first question would otherwise have to wait for.
    func prepare(in reader: Reader) throws { _ = try vocabulary.words(at: JobIndex.generation(in: reader), in: reader) }

    // MARK: By the index of words

    /// Words whose jobs are looked up one after the other: of more, to read each description is the shorter way.
    private static let mostWords = 300
    /// Jobs that have the words of a skill and are read to see whether they stand together.
    private static let mostCandidates = 20_000

    /// Nil where the index is no help.
    private func mark(of skill: String, at generation: Int64, in reader: Reader) throws -> JobMark? {
        // What is written differently within a list is not in the index as it is asked for, and neither are a list's own signs.
        guard JobWords.listed(skill) == skill, !["[", "]", "[]", ","].contains(skill),
            let words = try vocabulary.words(at: generation, in: reader)
        else { return nil }
        let parts = Array(skill.utf8).split(omittingEmptySubsequences: false, whereSeparator: JobWords.isBlank)
        guard let whole = words.holding(JobWords.item(skill), .inside, limit: Self.mostWords) else { return nil }
        let listed = try JobWords.rowIDs(having: whole, in: reader)
        if parts.count == 1 { return listed }
        // A skill of several words may also stand in descriptions, among the jobs that have all of its words.
        var found: [JobMark] = []
        for (place, part) in parts.enumerated() where !part.isEmpty {
            let fit: JobVocabulary.Fit = place == 0 ? .atTheEnd : place == parts.count - 1 ? .atTheBeginning : .whole
            guard let holding = words.holding(Array(part), fit, limit: Self.mostWords) else { continue }
            found.append(try JobWords.rowIDs(having: holding, in: reader))
        }
        guard let first = found.first else { return nil }
        let candidates = first.rowIDs.filter { rowID in !listed.holds(rowID) && found.dropFirst().allSatisfy { $0.holds(rowID) } }
        guard candidates.count <= Self.mostCandidates else { return nil }
        let needle = Needle(skill)
        let described = try candidates.filter { rowID in
            try reader.first("SELECT \(Self.columns) FROM jobs WHERE rid = $1", rowID) { needle.isIn($0) } ?? false
        }
        return JobMark(of: listed.rowIDs + described)
    }

    // MARK: By reading

    private static let columns = "jobs.rid, jobs.skills_required, jobs.skills_preferred, jobs.description"

    private struct Needle {
        let listed: FoldedNeedle
        let described: FoldedNeedle

        init(_ skill: String) {
            listed = FoldedNeedle(JobWords.listed(skill))
            described = FoldedNeedle(skill)
        }

        /// A row of `columns`.
        func isIn(_ row: borrowing Row) -> Bool {
            listed.isIn(row.bytes(1)) || listed.isIn(row.bytes(2)) || described.isIn(row.bytes(3))
        }
    }

    /// The texts that may hold a skill, of the jobs that were changed after a generation: in the columns 1 to 3.
    static func eachChanged(after generation: Int64, in reader: Reader, body: (borrowing Row) throws -> Void) throws {
        let sql = "SELECT \(columns) FROM jobs_folded CROSS JOIN jobs WHERE jobs_folded.generation > $1 AND jobs.rid = jobs_folded.rid"
        try reader.each(sql, generation, body: body)
    }

    /// Looks through the jobs that were changed after a generation, or through all.
    private func look(for skills: [String], after generation: Int64?, into entries: inout [String: Entry], in reader: Reader) throws {
        var marks = skills.map { entries[$0]?.mark ?? JobMark() }
        for skill in skills { entries[skill]?.mark = JobMark() }
        let needles = skills.map(Needle.init)
        func look(_ row: borrowing Row) throws {
            let rowID = try row.int(0)
            for (place, needle) in needles.enumerated() { marks[place].set(rowID, needle.isIn(row)) }
        }
        if let generation {
            try Self.eachChanged(after: generation, in: reader, body: look)
        } else {
            try reader.each("SELECT \(Self.columns) FROM jobs", body: look)
        }
        for (skill, mark) in zip(skills, marks) { entries[skill]?.mark = mark }
    }

    private func keep(_ fresh: [String: Entry], at generation: Int64) {
        state.withLock { state in
            state.uses += 1
            for (skill, entry) in fresh where (state.entries[skill]?.generation ?? .min) <= generation {
                state.entries[skill] = Entry(mark: entry.mark, generation: generation, lastUse: state.uses)
            }
            var bytes = state.entries.values.reduce(0) { $0 + $1.mark.bytes.count + 256 }
            for (skill, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where bytes > byteLimit {
                state.entries[skill] = nil
                bytes -= entry.mark.bytes.count + 256
            }
        }
    }
}
