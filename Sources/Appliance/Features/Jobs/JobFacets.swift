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
        private var jobTypes: [String: Int] = [:]
        private var levels: [String: Int] = [:]
        private var isRemote: [Bool: Int] = [:]
        private var companies: [String: (count: Int, rowID: Int64)] = [:]

        mutating func add(rowID: Int64, jobType: String, level: String, isRemote: Bool, company: String) {
            jobTypes[jobType, default: 0] += 1
            levels[level, default: 0] += 1
            self.isRemote[isRemote, default: 0] += 1
            companies[company, default: (0, rowID)].count += 1
        }

        /// `name` gives the company of a job as it is written.
        func facets(name: (Int64) throws -> String?) rethrows -> JobFacets {
            let top = companies.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(JobFacets.companyLimit)
            return JobFacets(
                jobTypes: Self.sorted(jobTypes), levels: Self.sorted(levels),
                isRemote: [true, false].compactMap { flag in isRemote[flag].map { Value(value: flag, count: $0) } },
                companies: try top.map { Value(value: try name($0.value.rowID) ?? $0.key, count: $0.value.count) })
        }

        private static func sorted(_ counts: [String: Int]) -> [Value<String>] {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { Value(value: $0.key, count: $0.value) }
        }
    }
}
