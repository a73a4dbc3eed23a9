import Testing

@testable import Appliance

@Suite struct ModerationTextTests {
    @Test("A text that fits is one piece, and an empty one is none", arguments: [(0, 0), (1, 1), (3999, 1), (4000, 1), (4001, 2)])
    func count(length: Int, pieces: Int) {
        #expect(ModerationText.pieces(of: String(repeating: "é", count: length)).count == pieces)
    }

    @Test("The pieces of a long text are all of it, each within the length, and overlap by a fixed number of characters")
    func whole() {
        let text = String(String.UnicodeScalarView((0..<10_000).compactMap { Unicode.Scalar(0x4E00 + $0) }))
        let pieces = ModerationText.pieces(of: text)
        #expect(pieces.map(\.unicodeScalars.count) == [4000, 4000, 2400])
        var joined = pieces.first ?? ""
        for (before, piece) in zip(pieces, pieces.dropFirst()) {
            #expect(before.unicodeScalars.suffix(200).elementsEqual(piece.unicodeScalars.prefix(200)))
            joined.unicodeScalars.append(contentsOf: piece.unicodeScalars.dropFirst(200))
        }
        #expect(joined == text)
    }

    @Test("A phrase is whole in some piece, wherever it stands", arguments: [0, 3790, 3990, 3999, 4000, 7795, 9980])
    func phrase(place: Int) {
        let text = String(repeating: "x", count: place) + "a phrase of several words" + String(repeating: "y", count: 9_980 - place)
        #expect(ModerationText.pieces(of: text).contains { $0.contains("a phrase of several words") })
    }
}
