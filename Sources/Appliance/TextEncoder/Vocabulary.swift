/// The pieces of words that a model knows, each with its number: its line in `vocab.txt`, from 0.
struct Vocabulary: Sendable {
    static let mostBytes = 16 << 20
    static let longestToken = 255

    let pieces: PieceTable
    let unknown: Int32
    let start: Int32
    let end: Int32
    /// Tokens that stand for themselves where a text spells them out: `[SEP]` and its like.
    let special: [(text: [UInt8], token: Int32)]

    var count: Int { pieces.count }

    init(_ bytes: [UInt8]) throws(EncoderError) {
        let pieces = try PieceTable(bytes)
        func need(_ name: String) throws(EncoderError) -> Int32 {
            guard let token = pieces.token(of: name) else { throw .vocabulary(.without(name)) }
            return token
        }
        unknown = try need("[UNK]")
        start = try need("[CLS]")
        end = try need("[SEP]")
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { name in
            pieces.token(of: name).map { (Array(name.utf8), $0) }
        }
        self.pieces = pieces
    }
}
