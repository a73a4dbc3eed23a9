/// Cuts a text into the pieces in which it is judged.
///
/// A judge sees less of a long text than of a short one, and some take only so
/// much. All of a text is judged: no length hides what stands at its end. Pieces
/// overlap, so that no phrase is hidden by being cut in two.
enum ModerationText {
    /// Unicode scalars.
    static let pieceLength = 4000
    static let overlap = 200

    /// None for an empty text.
    static func pieces(of text: String) -> [String] {
        let scalars = text.unicodeScalars
        guard !scalars.isEmpty else { return [] }
        var pieces: [String] = []
        var start = scalars.startIndex
        while true {
            let end = scalars.index(start, offsetBy: pieceLength, limitedBy: scalars.endIndex) ?? scalars.endIndex
            pieces.append(String(scalars[start..<end]))
            if end == scalars.endIndex { return pieces }
            start = scalars.index(end, offsetBy: -overlap)
        }
    }
}
