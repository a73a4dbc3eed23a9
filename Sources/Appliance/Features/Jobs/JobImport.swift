import Platform

/// Reads a file of jobs. A file with a mistake anywhere imports nothing.
enum JobFile {
    enum Format: String, CaseIterable, Sendable { case jsonl, csv }

    /// What is wrong with one line of a file.
    struct Problem: Error, Equatable {
        let line: Int
        let message: String

        var text: String { "line \(line): \(message)" }
    }

    private struct Problems: Error { let list: [Problem] }

    /// All the jobs, or all the problems, at most 100 of them.
    static func parse(_ bytes: [UInt8], format: Format) -> (jobs: [Job], problems: [Problem]) {
        var jobs: [Job] = []
        var problems: [Problem] = []
        var seen: Set<String> = []
        func add(_ record: Result<JSONValue, Problem>, line: Int) {
            guard problems.count < 100 else { return }
            do {
                let job = try decode(try record.get(), line: line)
                guard job.externalID.isEmpty || seen.insert(job.externalSource + "\n" + job.externalID).inserted else {
                    throw Problem(line: line, message: "external_id: \"\(job.externalID)\" stands in this file twice")
                }
                jobs.append(job)
            } catch let problem as Problem {
                problems.append(problem)
            } catch let several as Problems {
                problems += several.list
            } catch {
                problems.append(Problem(line: line, message: "\(error)"))
            }
        }
        switch format {
        case .jsonl: eachJSONLine(bytes, add)
        case .csv: eachCSVRecord(bytes, add)
        }
        if jobs.isEmpty && problems.isEmpty { problems.append(Problem(line: 1, message: "the file holds no job")) }
        return (jobs, problems)
    }

    private static func eachJSONLine(_ bytes: [UInt8], _ body: (Result<JSONValue, Problem>, Int) -> Void) {
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.last == 13 ? line.dropLast() : line
            if trimmed.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            body(
                Result { () throws(Problem) -> JSONValue in
                    do throws(JSONError) { return try JSONValue.parse(Array(trimmed)) } catch {
                        throw Problem(line: index + 1, message: "not JSON: \(error.reason)")
                    }
                }, index + 1)
        }
    }

    private static func eachCSVRecord(_ bytes: [UInt8], _ body: (Result<JSONValue, Problem>, Int) -> Void) {
        let records: [CSVReader.Record]
        do { records = try CSVReader.records(bytes) } catch {
            return body(.failure(Problem(line: error.line, message: error.message)), error.line)
        }
        guard let header = records.first else { return }
        for name in header.fields where !JobResource.importable.contains(name) && !JobResource.passedOver.contains(name) {
            body(.failure(Problem(line: header.line, message: "unknown column \"\(name)\"")), header.line)
        }
        for record in records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                let message = "\(record.fields.count) fields where the first line names \(header.fields.count)"
                body(.failure(Problem(line: record.line, message: message)), record.line)
                continue
            }
            let members = zip(header.fields, record.fields).filter { !$1.isEmpty }.map { name, field in
                let text = CSVText.unguarded(field)
                return (name, JobResource.lists.contains(name) ? JSONValue.array(list(text)) : .string(text))
            }
            body(.success(.object(JSONObject(members))), record.line)
        }
    }

    /// A list within one CSV field: `a; b; c`.
    private static func list(_ text: String) -> [JSONValue] {
        text.split(separator: ";").map { .string(String($0.trimmed)) }.filter { $0 != .string("") }
    }

    private static func decode(_ value: JSONValue, line: Int) throws -> Job {
        if let object = value.object {
            let unknown = object.keys.filter { !JobResource.importable.contains($0) && !JobResource.passedOver.contains($0) }
            if !unknown.isEmpty { throw Problems(list: unknown.map { Problem(line: line, message: "unknown field \"\($0)\"") }) }
        }
        var job = Job()
        do { try JobResource.description.decode(value, into: &job, mode: .create) } catch {
            throw Problems(
                list: error.entries.flatMap { entry in entry.messages.map { Problem(line: line, message: "\(entry.field): \($0)") } })
        }
        if let low = job.salaryMin, let high = job.salaryMax, low > high {
            throw Problem(line: line, message: "salary_min: greater than salary_max")
        }
        return job
    }
}
