import CEncoderKernels

/// Turns texts into the tokens of a BERT model that knows no case ("uncased").
///
/// As the model was trained: control characters vanish, accents are stripped,
/// letters become lower case, punctuation and CJK ideographs stand alone, and
/// each word is taken apart into the longest pieces that the vocabulary has. A
/// word that cannot be, or that has more than 100 characters, is one unknown
/// token. Work stops when the tokens are full, and what is kept meanwhile is
/// bounded, whatever the text.
struct Tokenizer: Sendable {
    let vocabulary: Vocabulary

    static let longestWord = 100

    /// At most `limit` tokens (at least 2), the first of them `[CLS]` and the last `[SEP]`.
    func tokens(of text: String, limit: Int) -> [Int32] {
        var run = TokenRun(vocabulary: vocabulary, room: limit - 1)
        var text = text
        text.withUTF8 { run.read($0) }
        return run.tokens + [vocabulary.end]
    }
}

/// The tokens of one text while it is read.
private struct TokenRun {
    let vocabulary: Vocabulary
    /// How many tokens may be there before the last one.
    let room: Int
    private(set) var tokens: [Int32]
    /// The word that is being read, in UTF-8, as it is after normalisation. One that is too long stops growing.
    private var word: [UInt8] = []
    private var wordLength = 0

    init(vocabulary: Vocabulary, room: Int) {
        self.vocabulary = vocabulary
        self.room = room
        tokens = [vocabulary.start]
    }

    private var isFull: Bool { tokens.count >= room }

    /// Well-formed UTF-8, as every `String` has it.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        var place = 0
        while place < text.count, !isFull {
            if text[place] == UInt8(ascii: "["), let special = special(in: text, at: place) {
                endWord()
                add(special.token)
                place += special.text.count
                continue
            }
            let (scalar, length) = Self.scalar(in: text, at: place)
            take(scalar)
            place += length
        }
        endWord()
    }

    private func special(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> (text: [UInt8], token: Int32)? {
        vocabulary.special.first { text[place...].starts(with: $0.text) }
    }

    private static func scalar(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> (UInt32, length: Int) {
        let first = UInt32(text[place])
        func next(_ offset: Int) -> UInt32 { place + offset < text.count ? UInt32(text[place + offset]) & 0x3F : 0 }
        switch first {
        case 0..<0x80: return (first, 1)
        case 0..<0xE0: return ((first & 0x1F) << 6 | next(1), 2)
        case 0..<0xF0: return ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3)
        default: return ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
        }
    }

    private mutating func take(_ scalar: UInt32) {
        let kind = cenc_character(scalar)
        switch Int32(bitPattern: kind) {
        case CENC_DROP: break
        case CENC_SPACE: endWord()
        case CENC_KEEP, CENC_PUNCTUATION, CENC_IDEOGRAPH: put(scalar, kind)
        case CENC_HANGUL:
            // The arithmetic of the Unicode Standard, section 3.12: syllables in order of their three letters.
            let index = scalar - 0xAC00
            put(0x1100 + index / 588, UInt32(CENC_KEEP))
            put(0x1161 + index % 588 / 28, UInt32(CENC_KEEP))
            if index % 28 > 0 { put(0x11A7 + index % 28, UInt32(CENC_KEEP)) }
        default:
            let replacement = cenc_replacement(kind)
            for index in 1...Int(replacement[0]) { put(replacement[index], cenc_character(replacement[index])) }
        }
    }

    private mutating func put(_ scalar: UInt32, _ kind: UInt32) {
        let standsAlone = kind == UInt32(CENC_PUNCTUATION) || kind == UInt32(CENC_IDEOGRAPH)
        if standsAlone { endWord() }
        wordLength += 1
        if wordLength <= Tokenizer.longestWord, let bytes = Unicode.Scalar(scalar).flatMap(UTF8.encode) { word.append(contentsOf: bytes) }
        if standsAlone { endWord() }
    }

    private mutating func endWord() {
        guard wordLength > 0 else { return }
        defer {
            word.removeAll(keepingCapacity: true)
            wordLength = 0
        }
        guard wordLength <= Tokenizer.longestWord else { return add(vocabulary.unknown) }
        var pieces: [Int32] = []
        var place = 0
        while place < word.count {
            guard let piece = vocabulary.pieces.longestPiece(of: word, at: place) else { return add(vocabulary.unknown) }
            pieces.append(piece.token)
            place = piece.end
        }
        for piece in pieces { add(piece) }
    }

    private mutating func add(_ token: Int32) {
        if !isFull { tokens.append(token) }
    }
}
