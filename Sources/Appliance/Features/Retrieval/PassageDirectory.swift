import Synchronization

/// Which passage belongs to which row, or to which owner, and the other way round.
final class PassageDirectory: Sendable {
    private struct Maps: Sendable {
        var groups: [Int64: Int64] = [:]
        var passages: [Int64: [Int64]] = [:]
    }

    private let maps: Mutex<Maps> = Mutex(Maps())

    var bytes: Int {
        maps.withLock { $0.groups.capacity * 16 + $0.passages.capacity * 16 + $0.passages.count * 48 }
    }

    func put(_ passage: Int64, in group: Int64) {
        maps.withLock { maps in
            guard maps.groups.updateValue(group, forKey: passage) == nil else { return }
            maps.passages[group, default: []].append(passage)
        }
    }

    func remove(_ passage: Int64) -> Bool {
        maps.withLock { maps in
            guard let group = maps.groups.removeValue(forKey: passage) else { return false }
            maps.passages[group]?.removeAll { $0 == passage }
            if maps.passages[group]?.isEmpty == true { maps.passages[group] = nil }
            return true
        }
    }

    func group(of passage: Int64) -> Int64? { maps.withLock { $0.groups[passage] } }

    var all: Set<Int64> { maps.withLock { Set($0.groups.keys) } }

    func passages(in groups: Set<Int64>) -> Set<Int64> {
        maps.withLock { maps in
            var found: Set<Int64> = []
            for group in groups { found.formUnion(maps.passages[group] ?? []) }
            return found
        }
    }
}
