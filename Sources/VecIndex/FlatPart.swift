/// A segment and, where there are any yet, the codes of its rows.
struct FlatPart: Sendable {
    private(set) var segment: Segment
    private(set) var codes: SegmentCodes?

    init(segment: Segment, codes: SegmentCodes?) {
        self.segment = segment
        self.codes = codes
    }

    var bytes: Int {
        Segment.bytes(dimension: segment.dimension)
            + (codes.map { segment.capacity * $0.frame.bytesPerRow } ?? 0)
    }

    /// The segment, after making sure that nothing else refers to it: itself, or a copy put in its place while
    /// a reader has it.
    mutating func writableSegment() -> Segment {
        if !isKnownUniquelyReferenced(&segment) { segment = segment.copy() }
        return segment
    }

    /// The codes in the same way.
    mutating func writableCodes() -> SegmentCodes? {
        if codes != nil, !isKnownUniquelyReferenced(&codes) { codes = codes?.copy() }
        return codes
    }

    /// Encodes the row at a place, if there are codes. Returns its squared distance from their centre.
    mutating func encode(at place: Int) -> Double? {
        writableCodes().map { codes in segment.read { codes.encode(at: place, of: $0) } }
    }

    /// Puts codes in place of what was there.
    mutating func install(_ codes: SegmentCodes) {
        self.codes = codes
    }
}
