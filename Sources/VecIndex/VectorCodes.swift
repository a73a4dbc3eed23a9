/// What an index keeps beside its vectors, so that a search need not read all of them: short codes, which
/// tell roughly how a row scores. A search looks at all codes, and then computes the true scores of the rows
/// that these could not rule out.
package enum VectorCodes: Sendable, CaseIterable {
    /// Nothing: each search computes the score of every row.
    case none
    /// A byte a number, a quarter of the vectors' size: nearly as exact as the vectors.
    case int8
    /// A bit a number (RaBitQ, arXiv 2405.12497), a thirtieth of the vectors' size: the fastest.
    case bits

    /// Below this many numbers a vector is read as fast as its code, which is padded to as many.
    static let smallestDimension = 64
}
