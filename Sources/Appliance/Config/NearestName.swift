/// Finds the name that was probably meant.
enum NearestName {
    /// The closest of `names`, or nil when none is close enough to be a likely slip. A name that ends
    /// in the same word after its table counts as close whatever the table: the key was then right and
    /// its place wrong. Closer still is a key that was taken for a table.
    static func of(_ wrong: String, among names: [String]) -> String? {
        let best = names.map { (name: $0, distance: cost(wrong, $0)) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= max(2, min(wrong.count, best.name.count) * 2 / 5) else { return nil }
        return best.name
    }

    private static func cost(_ wrong: String, _ name: String) -> Int {
        if wrong.hasPrefix(name + ".") { return 1 }
        let whole = distance(Array(wrong.lowercased()), Array(name))
        let ending = wrong.split(separator: ".").last
        return ending != nil && ending == name.split(separator: ".").last ? min(whole, 2) : whole
    }

    /// Restricted edit distance: how many letters to insert, drop, replace or swap with their neighbour.
    /// Keys are short and few, so the plain table does. Only the first letters count of a name far
    /// longer than any key.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        let left = left.prefix(100)
        var before: [Int] = []
        var above = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var current = [row + 1]
            for (column, b) in right.enumerated() {
                var best = min(above[column] + (a == b ? 0 : 1), above[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b { best = min(best, before[column - 1] + 1) }
                current.append(best)
            }
            (before, above) = (above, current)
        }
        return above[right.count]
    }
}
