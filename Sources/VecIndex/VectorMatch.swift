/// One answer of a search: a row's id and its score, whose meaning is the metric's.
package struct VectorMatch: Sendable, Hashable {
    package let id: Int64
    package let score: Float

    package init(id: Int64, score: Float) {
        self.id = id
        self.score = score
    }
}
