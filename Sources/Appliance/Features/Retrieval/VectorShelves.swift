import Platform
import VecIndex

/// A passage that is near.
struct PassageMatch: Sendable, Equatable {
    let passage: Int64
    /// The source's row that it is of; of a private source the owner's number.
    let group: Int64
    let cosine: Float
}

/// The vectors of one model, in memory: an index for each source.
///
/// Private sources have indexes of their own, which are searched among one owner's passages or not at all: no mistake
/// in a filter can mix one account's passages into everybody's. Once they are loaded, whoever writes does so from one task.
final class VectorShelves: Sendable {
    let model: StoredModel
    private let shelves: [Passage.Source: Shelf]

    private struct Shelf: Sendable {
        let index: FlatIndex
        let directory: PassageDirectory
    }

    init(_ model: StoredModel) throws {
        self.model = model
        shelves = try Dictionary(
            uniqueKeysWithValues: Passage.Source.allCases.map { source in
                (
                    source,
                    Shelf(index: try FlatIndex(dimension: model.dimensions, metric: .cosine, codes: .bits), directory: PassageDirectory())
                )
            })
    }

    var count: Int { shelves.values.reduce(0) { $0 + $1.index.count } }

    var bytes: Int { shelves.values.reduce(0) { $0 + $1.index.bytes + $1.directory.bytes } }

    // MARK: Writing

    /// A vector that the index cannot take is left out, and its passage is found by its words. Several tasks may put at the
    /// same time where no passage comes twice. Returns what is left to be put: nothing, but for one that does not wait.
    @discardableResult
    func put(_ entries: [VectorStore.Entry], waits: Bool = true) -> [VectorStore.Entry] {
        var left: [VectorStore.Entry] = []
        for (source, shelf) in shelves {
            let own = entries.filter { $0.source == source && source.isPublic == ($0.owner == nil) }
            guard !own.isEmpty else { continue }
            guard let refused = shelf.index.put(own.map { (id: $0.passage, vector: $0.vector) }, waits: waits) else {
                left += own
                continue
            }
            let gone = Set(refused)
            shelf.directory.put(own.filter { !gone.contains($0.passage) }.map { ($0.passage, $0.owner ?? $0.sourceRowID) })
            for passage in refused { remove(passage) }
        }
        return left
    }

    func remove(_ passage: Int64) {
        for shelf in shelves.values where shelf.directory.remove(passage) { try? shelf.index.remove(passage) }
    }

    /// Whether searches would be faster after `buildCodes`.
    var codesAreDue: Bool { shelves.values.contains { $0.index.codesAreDue } }

    /// Makes what searches are fast with; a few microseconds a vector, while searches and writes go on.
    func buildCodes() { for shelf in shelves.values where shelf.index.codesAreDue { shelf.index.buildCodes() } }

    static func isUsable(_ vector: [Float]) -> Bool {
        let length = vector.reduce(Float(0)) { $0 + $1 * $1 }
        return length.isFinite && length > 1e-30 && length < 1e30
    }

    // MARK: Searching

    /// The nearest passages, best first. Nothing is near to a vector that has no direction or another dimension.
    func nearest(to vector: [Float], in scope: PassageScope, limit: Int) -> [PassageMatch] {
        var found: [PassageMatch] = []
        for source in scope.publicSources.union(scope.privateSources) {
            guard let shelf = shelves[source] else { continue }
            let filter = filter(source, shelf, scope)
            let matches = (try? shelf.index.search(vector, k: limit, filter: filter)) ?? []
            found += matches.compactMap { match in
                shelf.directory.group(of: match.id).map { PassageMatch(passage: match.id, group: $0, cosine: match.score) }
            }
        }
        return Array(found.sorted { ($0.cosine, $1.passage) > ($1.cosine, $0.passage) }.prefix(limit))
    }

    /// The nearest rows of one public source, each by its nearest passage; at most `limit`.
    func nearestRows(to vector: [Float], of source: Passage.Source, allowed: Set<Int64>? = nil, limit: Int) -> [PassageMatch] {
        let scope = PassageScope(sources: [source], allowed: allowed)
        var width = limit
        while true {
            let matches = nearest(to: vector, in: scope, limit: width)
            var seen: Set<Int64> = []
            let rows = matches.filter { seen.insert($0.group).inserted }
            // Several passages of one row may be near: then more of them are looked at.
            if rows.count >= limit || matches.count < width { return Array(rows.prefix(limit)) }
            width *= 2
        }
    }

    /// How near these passages are; those without a vector are left out.
    func cosines(of passages: Set<Int64>, to vector: [Float], in scope: PassageScope) -> [Int64: Float] {
        var cosines: [Int64: Float] = [:]
        for source in scope.publicSources.union(scope.privateSources) {
            guard let shelf = shelves[source] else { continue }
            let found = scope.owner.flatMap { source.isPublic ? nil : passages.intersection(shelf.directory.passages(in: [$0.rowID])) }
            for match in (try? shelf.index.search(vector, k: passages.count, filter: .ids(found ?? passages))) ?? [] {
                cosines[match.id] = match.score
            }
        }
        return cosines
    }

    /// How near rows of a public source are, each by its nearest passage; rows without a vector are left out.
    func cosines(ofRows rows: Set<Int64>, of source: Passage.Source, to vector: [Float]) -> [Int64: Float] {
        guard source.isPublic, let shelf = shelves[source] else { return [:] }
        let passages = shelf.directory.passages(in: rows)
        var cosines: [Int64: Float] = [:]
        for match in (try? shelf.index.search(vector, k: passages.count, filter: .ids(passages))) ?? [] {
            guard let row = shelf.directory.group(of: match.id) else { continue }
            cosines[row] = max(cosines[row] ?? -1, match.score)
        }
        return cosines
    }

    /// The vectors of a row of a public source.
    func vectors(ofRow row: Int64, of source: Passage.Source) -> [[Float]] {
        guard source.isPublic, let shelf = shelves[source] else { return [] }
        return shelf.directory.passages(in: [row]).sorted().compactMap { shelf.index.vector(for: $0) }
    }

    /// All passages that have a vector here.
    var passages: Set<Int64> { shelves.values.reduce(into: []) { $0.formUnion($1.directory.all) } }

    func vector(of passage: Int64) -> [Float]? {
        for shelf in shelves.values { if let vector = shelf.index.vector(for: passage) { return vector } }
        return nil
    }

    private func filter(_ source: Passage.Source, _ shelf: Shelf, _ scope: PassageScope) -> RowFilter? {
        // An owner is there: `privateSources` is empty without.
        guard source.isPublic else { return .ids(shelf.directory.passages(in: scope.owner.map { [$0.rowID] } ?? [])) }
        return scope.allowed.map { .ids(shelf.directory.passages(in: $0)) }
    }
}
