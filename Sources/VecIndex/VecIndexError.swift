/// What was wrong with a call to an index. The index is unchanged when one of these is thrown.
package enum VecIndexError: Error, Equatable, Sendable {
    /// An index was asked for with a dimension outside `FlatIndex.dimensions`.
    case invalidDimension(Int)
    /// A vector has another dimension than the index.
    case wrongDimension(expected: Int, got: Int)
    /// A vector holds a NaN or an infinity. It would compare as neither better nor worse than others.
    case notFinite
    /// A vector has no direction (its length is zero, or below 2^-60), which cosine cannot score.
    case zeroVector
    /// A vector is longer than 2^60, so that scores could overflow single precision.
    case tooLong
    /// `add` met an id that is in the index.
    case duplicateID(Int64)
    /// `replace` or `remove` met an id that is not in the index.
    case unknownID(Int64)
    /// A bitmap was made for other rows than those of the snapshot it was used on. Its bits would name the
    /// wrong rows, and a filter may be what keeps one account's rows from another.
    case foreignBitmap
}
