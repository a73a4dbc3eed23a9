import Glibc

/// Questions about the text of internet hosts that the rules for e-mail addresses and URLs share.
enum AddressText {
    static func isIPv4(_ text: String) -> Bool { parses(text, family: AF_INET) }

    static func isIPv6(_ text: String) -> Bool { parses(text, family: AF_INET6) }

    /// Whether a label of a host name has 1 to 63 letters, digits and hyphens, no hyphen at an end. Letters
    /// beyond ASCII are those of the Basic Multilingual Plane, as in names not yet turned into Punycode.
    static func isLabel(_ label: some StringProtocol) -> Bool {
        let scalars = label.unicodeScalars
        guard 1...63 ~= scalars.count, scalars.first != "-", scalars.last != "-" else { return false }
        return scalars.allSatisfy { isASCIILetter($0) || isDigit($0) || $0 == "-" || isInternational($0) }
    }

    static func isASCIILetter(_ scalar: Unicode.Scalar) -> Bool { 0x61...0x7A ~= scalar.value | 0x20 }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { 0x30...0x39 ~= scalar.value }

    static func isInternational(_ scalar: Unicode.Scalar) -> Bool { 0xA1...0xFFFF ~= scalar.value }

    private static func parses(_ text: String, family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }
}
