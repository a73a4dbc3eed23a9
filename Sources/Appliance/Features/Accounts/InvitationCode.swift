import Platform

/// What a person brings to be let in: 30 symbols of five random bits each, written in six groups.
///
/// The alphabet is Crockford's base 32, digits and letters without I, L, O and U. Whoever copies a code by hand may
/// write it in either case, with or without dashes and spaces, and O for 0 or I and L for 1.
///
/// Only the hash is stored, and a plain one will do: nobody guesses 150 bits. For the same reason looking a code up
/// by its hash tells nothing by how long it takes. How far the comparison in the index gets depends on the hash of
/// what was sent, and whoever could steer that towards a stored hash could forge SHA-256.
struct InvitationCode: Sendable, Equatable {
    /// A longer text is no code. It leaves room for separators of any width between all symbols.
    static let longestText = 128

    private static let length = 30
    private static let groupLength = 5
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Letters of the alphabet, in upper case and without separators.
    private let symbols: [UInt8]

    init(random: any RandomSource) {
        // 256 is a multiple of 32, so each symbol is as likely as any other.
        symbols = random.bytes(Self.length).map { Self.alphabet[Int($0 & 31)] }
    }

    /// Reads a code as somebody typed or pasted it; nil for anything else.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longestText else { return nil }
        var symbols: [UInt8] = []
        for scalar in text.unicodeScalars where !Self.isSeparator(scalar) {
            guard let symbol = Self.symbol(scalar) else { return nil }
            symbols.append(symbol)
        }
        guard symbols.count == Self.length else { return nil }
        self.symbols = symbols
    }

    /// The written form: `7K2QD-…`, six groups of five.
    var text: String {
        stride(from: 0, to: symbols.count, by: Self.groupLength)
            .map { String(decoding: symbols[$0..<($0 + Self.groupLength)], as: UTF8.self) }
            .joined(separator: "-")
    }

    var hash: [UInt8] { SHA256.hash(symbols) }

    /// White space and dashes of every kind: mail programs like to replace the plain ones.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation
    }

    private static func symbol(_ scalar: Unicode.Scalar) -> UInt8? {
        guard scalar.isASCII else { return nil }
        let byte = UInt8(ascii: scalar)
        let letter = (97...122).contains(byte) ? byte - 32 : byte
        switch letter {
        case UInt8(ascii: "O"): return UInt8(ascii: "0")
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return UInt8(ascii: "1")
        default: return alphabet.contains(letter) ? letter : nil
        }
    }
}
