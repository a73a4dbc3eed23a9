import Platform

/// Imports: a file with a mistake imports nothing; a good one goes in by
/// batches, each in one transaction. Records name themselves, so a repeat
/// changes nothing and a cut-off import is finished by running it again.
extension Core {
    private static let batch = 100

    struct Tally: Sendable {
        var created = 0
        var updated = 0
        var unchanged = 0
        /// New jobs that may be others that are there already.
        var twins: [JSONValue] = []

        mutating func add(_ other: Tally) {
            created += other.created
            updated += other.updated
            unchanged += other.unchanged
            twins += other.twins.prefix(Self.twinLimit - twins.count)
        }

        static let twinLimit = 100

        var json: JSONObject {
            JSONObject([("created", .integer(created)), ("updated", .integer(updated)), ("unchanged", .integer(unchanged))])
        }
    }

    func importJobs(_ request: ControlRequest, _ progress: @Sendable (CommandProgress) -> Void) async throws -> JSONValue {
        guard let format = JobFile.Format(rawValue: request.arguments["format"]?.string ?? "") else {
            throw CommandFailure("the format must be one of jsonl, csv", exit: 2)
        }
        let (jobs, problems) = JobFile.parse(request.payload, format: format)
        guard problems.isEmpty else { throw CommandFailure(problems.map(\.text).joined(separator: "\n"), exit: 2) }
        let shared = Self.sharedLinks(jobs)
        let tally = try await inBatches(jobs, step: "jobs", progress) { job, tally, transaction in
            let placed = try JobStore.place(job, usesLink: !shared.contains(Self.link(job)), in: transaction)
            switch placed.outcome {
            case .created:
                tally.created += 1
                if let twins = try Self.twins(of: placed.job, in: transaction) { tally.twins.append(twins) }
            case .updated: tally.updated += 1
            case .unchanged: tally.unchanged += 1
            }
        }
        var result = tally.json
        result.append("possible_duplicates", .array(tally.twins))
        return .object(result)
    }

    /// A link that a source gives to several jobs of one file is not the page of any one of them.
    private static func sharedLinks(_ jobs: [Job]) -> Set<[String]> {
        var seen: Set<[String]> = []
        return Set(jobs.map(link).filter { !seen.insert($0).inserted })
    }

    private static func link(_ job: Job) -> [String] { [job.externalSource, CanonicalURL.of(job.externalURL)] }

    /// What a person needs to judge whether a new job is one that is there already; nil when there is none like it.
    private static func twins(of job: Job, in reader: Reader) throws -> JSONValue? {
        let twins = try JobStore.twins(of: job, in: reader)
        guard let id = job.stored?.id, !twins.isEmpty else { return nil }
        return [
            "job_id": .string(id.description), "title": .string(job.title), "company": .string(job.company),
            "location": .string(job.location), "like": .list(twins.map(\.description)),
        ]
    }

    /// The payload is a JSON list of `{"file":name,"text":content}`.
    func importKnowledge(_ request: ControlRequest, _ progress: @Sendable (CommandProgress) -> Void) async throws -> JSONValue {
        guard let files = try? JSONValue.parse(request.payload).array, !files.isEmpty else {
            throw CommandFailure("there is no Markdown file to import", exit: 2)
        }
        var articles: [Article] = []
        var problems: [String] = []
        var slugs: [String: String] = [:]
        for file in files {
            let name = file["file"]?.string ?? ""
            do {
                let article = try MarkdownArticle.parse(Array((file["text"]?.string ?? "").utf8), file: name)
                if let other = slugs.updateValue(name, forKey: article.slug) {
                    problems.append("\(name):1: slug: \"\(article.slug)\" is also the slug of \(other)")
                }
                articles.append(article)
            } catch {
                problems.append(error.text)
            }
        }
        guard problems.isEmpty else { throw CommandFailure(problems.prefix(100).joined(separator: "\n"), exit: 2) }
        let tally = try await inBatches(articles, step: "articles", progress) { article, tally, transaction in
            switch try KnowledgeStore.upsert(article, in: transaction) {
            case .created: tally.created += 1
            case .updated: tally.updated += 1
            case .unchanged: tally.unchanged += 1
            }
        }
        return .object(tally.json)
    }

    private func inBatches<Record: Sendable>(
        _ records: [Record], step: String, _ progress: @Sendable (CommandProgress) -> Void,
        store: @escaping @Sendable (Record, inout Tally, Transaction) throws -> Void
    ) async throws -> Tally {
        var total = Tally()
        var done = 0
        while done < records.count {
            let batch = Array(records[done..<min(done + Self.batch, records.count)])
            let tally = try await database.write { transaction in
                var tally = Tally()
                for record in batch { try store(record, &tally, transaction) }
                return tally
            }
            total.add(tally)
            done += batch.count
            progress(CommandProgress(step: step, done: done, total: records.count))
        }
        return total
    }
}
