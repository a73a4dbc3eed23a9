import Platform
import Synchronization

/// Which jobs have a skill: in their lists of skills or anywhere in their description.
///
/// No index knows the inside of words, and descriptions are long: to look through a hundred thousand of them takes a few
/// tenths of a second. So it is done once for each skill that is asked for. The outcome is one byte a job, which a statement can
/// look into, and from then on only the jobs that were changed are looked at again. What is kept is bounded; the skills
/// that were not asked for the longest go first.
final class SkillMarks: Sendable {
    /// For the job with number n the byte at n - base, counted from 1: 1 where the job has the skill. Jobs behind the last byte do not.
    struct Mark: Sendable, Hashable {
        var bytes: [UInt8] = []
        var base: Int64 = 0

        mutating func set(_ rowID: Int64, _ isSo: Bool) {
            if bytes.isEmpty { base = rowID - 1 }
            if rowID <= base {
                bytes.insert(contentsOf: [UInt8](repeating: 0, count: Int(base - rowID) + 1), at: 0)
                base = rowID - 1
            }
            let index = Int(rowID - base) - 1
            if index >= bytes.count { bytes += [UInt8](repeating: 0, count: index - bytes.count + 1) }
            bytes[index] = isSo ? 1 : 0
        }
    }

    private struct Entry {
        var mark: Mark
        var generation: Int64
        var lastUse: Int
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses = 0
    }

    private let state: Mutex<State> = Mutex(State())
    private let byteLimit: Int

    init(byteLimit: Int = 32 << 20) { self.byteLimit = byteLimit }

    /// How many skills are kept.
    var count: Int { state.withLock { $0.entries.count } }

    /// The marks of these folded skills, in their order, as of the state that the reader sees.
    func marks(for skills: [String], in reader: Reader) throws -> [Mark] {
        let generation = try JobIndex.generation(in: reader)
        var entries = state.withLock { state in state.entries.filter { skills.contains($0.key) } }
        let stale = skills.filter { (entries[$0]?.generation ?? generation) < generation }
        if let oldest = stale.compactMap({ entries[$0]?.generation }).min() {
            try look(for: stale, after: oldest, into: &entries, in: reader)
        }
        // A mark from a later state than the reader's is not for it.
        let missing = skills.filter { entries[$0].map { $0.generation > generation } ?? true }
        for skill in missing { entries[skill] = Entry(mark: Mark(), generation: generation, lastUse: 0) }
        if !missing.isEmpty { try look(for: missing, after: nil, into: &entries, in: reader) }
        keep(entries, at: generation)
        return skills.map { entries[$0]?.mark ?? Mark() }
    }

    /// Looks through the jobs that were changed after a generation, or through all.
    private func look(for skills: [String], after generation: Int64?, into entries: inout [String: Entry], in reader: Reader) throws {
        var marks = skills.map { entries[$0]?.mark ?? Mark() }
        for skill in skills { entries[skill]?.mark = Mark() }
        let needles = skills.map { (listed: FoldedNeedle(Self.escaped($0)), described: FoldedNeedle($0)) }
        let columns = "jobs.rid, jobs.skills_required, jobs.skills_preferred, jobs.description"
        let tables =
            generation == nil
            ? "jobs" : "jobs_folded CROSS JOIN jobs WHERE jobs_folded.generation > $1 AND jobs.rid = jobs_folded.rid"
        try reader.each("SELECT \(columns) FROM \(tables)", arguments: generation.map { [$0] } ?? []) { row in
            let rowID = try row.int(0)
            let (lists, description) = ([row.bytes(1), row.bytes(2)], row.bytes(3))
            for (place, needle) in needles.enumerated() {
                marks[place].set(rowID, lists.contains { needle.listed.isIn($0) } || needle.described.isIn(description))
            }
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

    /// As the text stands within a list in JSON.
    private static func escaped(_ skill: String) -> String { String(JSONValue.string(skill).jsonText.dropFirst().dropLast()) }
}
