import Platform
import Testing

@testable import Appliance

/// Vectors in memory: whose are found, and what is left of what was removed.
@Suite struct VectorShelvesTests {
    private static let model = StoredModel(name: "m", provider: "local", dimensions: 2)
    private let ada = Owner.ofWork(accountRowID: 1)
    private let eve = Owner.ofWork(accountRowID: 2)

    private func entry(_ passage: Int64, _ source: Passage.Source, row: Int64, owner: Owner? = nil, _ vector: [Float]) -> VectorStore.Entry
    {
        VectorStore.Entry(passage: passage, source: source, sourceRowID: row, owner: owner?.rowID, vector: vector)
    }

    private func shelves() throws -> VectorShelves {
        let shelves = try VectorShelves(Self.model)
        shelves.put([entry(1, .job, row: 10, [1, 0])])
        shelves.put([entry(2, .job, row: 10, [0.9, 0.1])])
        shelves.put([entry(3, .job, row: 11, [0, 1])])
        shelves.put([entry(4, .article, row: 10, [1, 0.1])])
        shelves.put([entry(5, .profile, row: 20, owner: ada, [1, 0])])
        shelves.put([entry(6, .profile, row: 21, owner: eve, [1, 0])])
        shelves.put([entry(7, .resume, row: 22, owner: eve, [1, 0.05])])
        return shelves
    }

    private func near(_ scope: PassageScope, limit: Int = 10) throws -> [Int64] {
        try shelves().nearest(to: [1, 0], in: scope, limit: limit).map(\.passage)
    }

    @Test("Sources are searched as the scope names them, the nearest first")
    func sources() throws {
        #expect(try near(.everybodys) == [1, 4, 2, 3])
        #expect(try near(.everybodys, limit: 2) == [1, 4])
        #expect(try near(.jobs()) == [1, 2, 3])
        #expect(try near(PassageScope(sources: [.article])) == [4])
        #expect(try near(PassageScope(sources: [])) == [])
    }

    @Test("Private passages are found by their owner, and by nobody without one")
    func owners() throws {
        let all = Set(Passage.Source.allCases)
        #expect(try near(PassageScope(sources: all)) == [1, 4, 2, 3])
        #expect(try near(PassageScope(sources: [.profile, .resume], owner: ada)) == [5])
        #expect(try near(PassageScope(sources: [.profile, .resume], owner: eve)) == [6, 7])
        #expect(try near(PassageScope(sources: [.profile], owner: Owner.ofWork(accountRowID: 3))) == [])
        #expect(Set(try near(PassageScope(sources: all, owner: ada))) == [1, 2, 3, 4, 5])
        #expect(try shelves().cosines(of: [5, 6, 7], to: [1, 0], in: PassageScope(sources: all, owner: ada)).keys.sorted() == [5])
        #expect(try shelves().cosines(of: [5, 6, 7], to: [1, 0], in: .everybodys).isEmpty)
    }

    @Test("A private passage without an owner and a public one with one are kept nowhere")
    func confused() throws {
        let shelves = try VectorShelves(Self.model)
        shelves.put([entry(1, .profile, row: 1, [1, 0])])
        shelves.put([entry(2, .job, row: 1, owner: ada, [1, 0])])
        #expect(shelves.count == 0)
    }

    @Test("What is allowed is applied before ranking")
    func allowed() throws {
        #expect(try near(.jobs([11]), limit: 1) == [3])
        #expect(try near(.jobs([])) == [])
        #expect(try near(.jobs([99])) == [])
    }

    @Test("Rows are ranked by their nearest passage, each once")
    func rows() throws {
        let rows = try shelves().nearestRows(to: [1, 0], of: .job, limit: 2)
        #expect(rows.map(\.group) == [10, 11] && rows.map(\.passage) == [1, 3])
        #expect(try shelves().nearestRows(to: [1, 0], of: .job, allowed: [11], limit: 2).map(\.group) == [11])
        let cosines = try shelves().cosines(ofRows: [10, 11, 12], of: .job, to: [1, 0])
        #expect(cosines.keys.sorted() == [10, 11] && cosines[10] == 1)
        #expect(try shelves().cosines(ofRows: [1], of: .profile, to: [1, 0]).isEmpty)
    }

    @Test("What is put again replaces, what is removed is gone, and both leave nothing behind")
    func changes() throws {
        let shelves = try shelves()
        shelves.put([entry(3, .job, row: 11, [1, 0])])
        #expect(shelves.count == 7 && shelves.vector(of: 3) == [1, 0])
        for passage in 1...7 { shelves.remove(Int64(passage)) }
        shelves.remove(99)
        #expect(shelves.count == 0 && shelves.passages.isEmpty && shelves.vector(of: 6) == nil)
        #expect(shelves.nearest(to: [1, 0], in: PassageScope(sources: Set(Passage.Source.allCases), owner: eve), limit: 5).isEmpty)
    }

    @Test("Nothing is near to a vector of another length or without a direction, and none of those is kept")
    func unusable() throws {
        let shelves = try shelves()
        #expect(shelves.nearest(to: [1, 0, 0], in: .everybodys, limit: 5).isEmpty)
        #expect(shelves.nearest(to: [0, 0], in: .everybodys, limit: 5).isEmpty)
        shelves.put([entry(8, .job, row: 12, [0, 0])])
        shelves.put([entry(1, .job, row: 10, [.nan, 0])])
        #expect(shelves.vector(of: 8) == nil && shelves.vector(of: 1) == nil)
        #expect([[0, 0], [Float.nan, 1], [.infinity, 1]].allSatisfy { !VectorShelves.isUsable($0) } && VectorShelves.isUsable([0, 1]))
    }

    @Test("The middle of a job's passages is their mean")
    func middle() {
        #expect(VectorSimilarJobs.middle([]) == nil)
        #expect(VectorSimilarJobs.middle([[1, 0], [0, 1], [0, 1]]) == [1, 2])
    }
}
