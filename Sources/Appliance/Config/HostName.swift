import Platform

/// The names and numbers that make up the address of a host.
enum HostName {
    /// Whether the text is an IPv4 address or a name of letters, digits, hyphens and dots. Digits and
    /// dots alone must be a whole address, so that `127.0.0.256` is not looked up as a name.
    static func isValid(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        if text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) { return IPAddress(text) != nil }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    /// Whether the text is an IPv6 address within brackets.
    static func isBracketed(_ text: Substring) -> Bool {
        text.hasPrefix("[") && text.hasSuffix("]") && text.contains(":") && IPAddress(text.dropFirst().dropLast()) != nil
    }

    /// The text without the brackets of an IPv6 address.
    static func bare(_ host: String) -> Substring { isBracketed(host[...]) ? host.dropFirst().dropLast() : host[...] }

    /// Whether it can only mean this machine: an address, without brackets, or a name. A name other than
    /// `localhost` is taken to be public, as what it resolves to may change.
    static func isLoopback(_ host: some StringProtocol) -> Bool {
        guard let bytes = IPAddress(host)?.bytes else { return host.lowercased() == "localhost" }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// A port of at least `lowest`, written in decimal without sign or leading zeros.
    static func port(_ text: Substring, from lowest: Int) -> Int? {
        guard text.utf8.allSatisfy(isDigit), text == "0" || !text.hasPrefix("0"), let port = Int(text) else { return nil }
        return (lowest...65535).contains(port) ? port : nil
    }

    private static func isLabel(_ label: Substring) -> Bool {
        !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isDigit($0) || (97...122).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
