/// The form of an e-mail address, close to what the original server let pass: a dotted or quoted local part,
/// then a domain of two labels or more, `localhost`, or an IP address in brackets.
enum EmailForm {
    static func accepts(_ text: String) -> Bool {
        // The longest address with a 64-byte local part and a 255-byte domain.
        guard text.utf8.count <= 320, let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        return (isDotted(local) || isQuoted(local)) && isDomain(String(domain))
    }

    private static func isDotted(_ local: Substring) -> Bool {
        local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.unicodeScalars.allSatisfy(isAtomCharacter)
        }
    }

    private static func isAtomCharacter(_ scalar: Unicode.Scalar) -> Bool {
        AddressText.isASCIILetter(scalar) || AddressText.isDigit(scalar) || "-!#$%&'*+/=?^_`{}|~".unicodeScalars.contains(scalar)
    }

    /// Anything in ASCII but line breaks, tabs, blanks and NUL, with a backslash before `"` and `\`.
    private static func isQuoted(_ local: Substring) -> Bool {
        let bytes = Array(local.utf8)
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in bytes[1..<(bytes.count - 1)] {
            guard byte < 0x80, byte != 0, byte != 0x0A, byte != 0x0D else { return false }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") || byte == 0x20 || byte == 0x09 {
                return false
            }
        }
        return !isEscaped
    }

    private static func isDomain(_ domain: String) -> Bool {
        if domain == "localhost" { return true }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            let literal = String(domain.dropFirst().dropLast())
            return AddressText.isIPv4(literal) || AddressText.isIPv6(literal)
        }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(AddressText.isLabel) else { return false }
        return labels.last.map { $0.unicodeScalars.count >= 2 || !$0.unicodeScalars.allSatisfy(\.isASCII) } ?? false
    }
}
