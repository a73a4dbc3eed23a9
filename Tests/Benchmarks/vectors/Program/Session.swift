import VecIndex

/// An index and the queries to it, between commands.
struct Session {
    private let base: String
    private let queriesFile: String
    private var queries: [[Float]] = []
    private var snapshot: FlatSnapshot?

    init(base: String, queries: String) {
        self.base = base
        queriesFile = queries
    }

    mutating func answer(_ words: [String]) throws -> String {
        switch (words.first, words.count) {
        case ("open", 3): return try open(codes: words[1], metric: words[2])
        case ("search", 6):
            guard let recall = Double(words[1]), let every = Int64(words[2]), let count = Int(words[3]), let k = Int(words[4])
            else { throw BenchmarkError.unknownCommand }
            return try search(recall: recall, every: every, count: count, k: k, file: words[5])
        case ("bandwidth", 1):
            return "{\"gb_per_s\": \(Bandwidth.measure())}"
        default: throw BenchmarkError.unknownCommand
        }
    }

    private mutating func open(codes: String, metric: String) throws -> String {
        let kinds: [String: VectorCodes] = ["none": .none, "int8": .int8, "bits": .bits]
        let metrics: [String: VectorMetric] = ["cosine": .cosine, "l2": .l2]
        guard let codes = kinds[codes], let metric = metrics[metric] else { throw BenchmarkError.unknownCommand }
        snapshot = nil
        queries = []
        try VectorFile.read(queriesFile) { queries.append($0) }
        let before = residentBytes()
        let beganAt = Moment.now
        var index: FlatIndex?
        var id: Int64 = 0
        try VectorFile.read(base) { vector in
            let open = try index ?? FlatIndex(dimension: vector.count, metric: metric, codes: codes)
            index = open
            try open.add(id, vector)
            id += 1
        }
        guard let index else { throw BenchmarkError.unreadable(base) }
        let loadedAt = Moment.now
        index.buildCodes()
        let builtAt = Moment.now
        snapshot = index.snapshot()
        return """
            {"vectors": \(id), "dimension": \(index.dimension), "load_s": \(loadedAt.seconds - beganAt.seconds), \
            "codes_s": \(builtAt.seconds - loadedAt.seconds), "codes_cpu_s": \(builtAt.cpuSeconds - loadedAt.cpuSeconds), \
            "resident_mib": \(Double(residentBytes() - before) / 1_048_576), "index_mib": \(Double(index.bytes) / 1_048_576)}
            """
    }

    private func search(recall: Double, every: Int64, count: Int, k: Int, file: String) throws -> String {
        guard let snapshot else { throw BenchmarkError.notOpen }
        let filter = every > 1 ? snapshot.bitmap { $0 % every == 0 } : nil
        var micros: [String] = []
        var answers: [[VectorMatch]] = []
        for query in queries.prefix(count) {
            let beganAt = Moment.now
            let answer = try snapshot.search(query, k: k, filter: filter, recall: recall)
            let endedAt = Moment.now
            micros.append("\(((endedAt.seconds - beganAt.seconds) * 1e7).rounded() / 10)")
            answers.append(answer)
        }
        try VectorFile.write(answers.map { $0.map { Int32(truncatingIfNeeded: $0.id) } }, to: file)
        return "{\"micros\": [\(micros.joined(separator: ", "))]}"
    }
}
