import Synchronization

/// Which passage belongs to which row, or to which owner, and the other way round.
final class PassageDirectory: Sendable {
    private struct Maps: Sendable {
        var groups: [Int64: Int64] = [:]
        var passages: [Int64: Members] = [:]
    }

    /// The passages of a group. Most have one, which needs no array.
    private enum Members: Sendable {
        case one(Int64)
        case several([Int64])

        var all: [Int64] {
            switch self {
            case .one(let passage): [passage]
            case .several(let passages): passages
            }
        }

        mutating func add(_ passage: Int64) {
            switch self {
            case .one(let first): self = .several([first, passage])
            case .several(var passages):
                // Lets go of the array, or appending would copy it.
                self = .one(passage)
                passages.append(passage)
                self = .several(passages)
            }
        }

        init?(_ passages: [Int64]) {
            guard let first = passages.first else { return nil }
            self = passages.count == 1 ? .one(first) : .several(passages)
        }
    }

    private let maps: Mutex<Maps> = Mutex(Maps())

    var bytes: Int {
        maps.withLock { $0.groups.capacity * 16 + $0.passages.capacity * 16 + $0.passages.count * 24 }
    }

    func put(_ members: [(passage: Int64, group: Int64)]) {
        maps.withLock { maps in
            for (passage, group) in members where maps.groups.updateValue(group, forKey: passage) == nil {
                if maps.passages[group]?.add(passage) == nil { maps.passages[group] = .one(passage) }
            }
        }
    }

    func remove(_ passage: Int64) -> Bool {
        maps.withLock { maps in
            guard let group = maps.groups.removeValue(forKey: passage) else { return false }
            maps.passages[group] = Members((maps.passages[group]?.all ?? []).filter { $0 != passage })
            return true
        }
    }

    func group(of passage: Int64) -> Int64? { maps.withLock { $0.groups[passage] } }

    var all: Set<Int64> { maps.withLock { Set($0.groups.keys) } }

    func passages(in groups: Set<Int64>) -> Set<Int64> {
        maps.withLock { maps in
            var found: Set<Int64> = []
            for group in groups { found.formUnion(maps.passages[group]?.all ?? []) }
            return found
        }
    }
}
