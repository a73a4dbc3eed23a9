import Platform

/// The lines of a profile that tell of its owner's work, with their vectors: what jobs are compared with by meaning.
struct ProfileLines: Sendable {
    private struct Line: Sendable {
        let text: String
        let vector: [Float]
    }

    private let shelves: VectorShelves
    private let floor: Float
    private let lines: [Line]

    /// Jobs that are looked at because one line is near to them.
    private static let candidates = 100
    /// Above the floor, where a line is as near as can be hoped for.
    private static let reach: Float = 0.35
    private static let telling = ["Title: ", "Industries: "]

    /// Nil where there is nothing to compare: no vectors, or none of these lines yet.
    init?(_ profile: Profile, _ vectors: VectorSearch?, in reader: Reader) throws {
        guard let shelves = vectors?.shelves else { return nil }
        let passages = try PassageStore.passages(of: .profile, profile.rowID, in: reader)
        lines = passages.compactMap { passage in
            guard Self.telling.contains(where: passage.body.hasPrefix), let vector = shelves.vector(of: passage.rowID) else { return nil }
            return Line(text: passage.body, vector: vector)
        }
        guard !lines.isEmpty else { return nil }
        self.shelves = shelves
        floor = EmbeddingModel.floor(of: shelves.model.name)
    }

    /// Numbers of jobs to which a line is near.
    var nearJobs: [Int64] {
        var seen: Set<Int64> = []
        return lines.flatMap { line in
            shelves.nearestRows(to: line.vector, of: .job, limit: Self.candidates).filter { $0.cosine >= floor }.map(\.group)
        }.filter { seen.insert($0).inserted }
    }

    /// Nil for a job that has no vectors yet.
    func matches(_ job: Int64) -> [MatchJob.LineMatch]? {
        let matches = lines.compactMap { line -> MatchJob.LineMatch? in
            guard let cosine = shelves.cosines(ofRows: [job], of: .job, to: line.vector)[job] else { return nil }
            return MatchJob.LineMatch(line: line.text, nearness: Double((cosine - floor) / Self.reach))
        }
        return matches.isEmpty ? nil : matches
    }
}
