import Platform

/// How many jobs of a selection have which value of a field.
struct JobFacets: Sendable, Equatable {
    struct Value<Word: Sendable & Equatable>: Sendable, Equatable {
        let value: Word
        let count: Int
    }

    var jobTypes: [Value<String>]
    var levels: [Value<String>]
    var isRemote: [Value<Bool>]
    /// The ten that have the most.
    var companies: [Value<String>]

    static let companyLimit = 10

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            Self.write("job_type", jobTypes, into: &writer) { $1.string($0) }
            Self.write("experience_level", levels, into: &writer) { $1.string($0) }
            Self.write("is_remote", isRemote, into: &writer) { $1.bool($0) }
            Self.write("company", companies, into: &writer) { $1.string($0) }
        }
    }

    private static func write<Word>(
        _ name: String, _ values: [Value<Word>], into writer: inout JSONWriter, word: (Word, inout JSONWriter) -> Void
    ) {
        writer.array(name) { writer in
            for value in values {
                writer.object { writer in
                    writer.key("value")
                    word(value.value, &writer)
                    writer.field("count", value.count)
                }
            }
        }
    }

    /// The counting, job by job. Companies count as one when they differ only in letter case, and are shown as one of
    /// their jobs writes them.
    struct Tally {
        private var jobTypes: [Int32: Int] = [:]
        private var levels: [Int32: Int] = [:]
        private var isRemote: [Bool: Int] = [:]
        private var companies: [Int32: (count: Int, rowID: Int64)] = [:]

        mutating func add(_ row: JobRow) {
            jobTypes[row.jobType, default: 0] += 1
            levels[row.level, default: 0] += 1
            isRemote[row.isRemote, default: 0] += 1
            companies[row.company, default: (0, row.rowID)].count += 1
        }

        /// `rows` has the texts, folded; `name` gives the company of a job as it is written.
        func facets(in rows: JobRows, name: (Int64) throws -> String?) rethrows -> JobFacets {
            let named = companies.map { (text: rows.companies.text($0.key), count: $0.value.count, rowID: $0.value.rowID) }
            let top = named.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(JobFacets.companyLimit)
            return JobFacets(
                jobTypes: Self.sorted(jobTypes, rows.words), levels: Self.sorted(levels, rows.words),
                isRemote: [true, false].compactMap { flag in isRemote[flag].map { Value(value: flag, count: $0) } },
                companies: try top.map { Value(value: try name($0.rowID) ?? $0.text, count: $0.count) })
        }

        private static func sorted(_ counts: [Int32: Int], _ table: TextTable) -> [Value<String>] {
            counts.map { Value(value: table.text($0.key), count: $0.value) }.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        }
    }
}
