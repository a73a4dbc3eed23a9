import Glibc

/// Internet addresses as text, read by the system's own parser.
enum IPAddress {
    /// The four or sixteen bytes of an address, or nil when the text is not one.
    static func bytes(of text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    /// Whether the text is one address, or a network in CIDR form with no bit set after its prefix.
    /// `10.1.2.3/8` is refused, because it is unclear whether one host or the whole network was meant.
    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = bytes(of: String(parts[0])) else { return false }
        guard parts.count == 2 else { return true }
        guard isDecimal(parts[1]), parts[1].utf8.count <= 3, let prefix = Int(parts[1]), prefix <= bytes.count * 8 else { return false }
        return !(prefix..<bytes.count * 8).contains { bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
    }
}

enum PortNumber {
    /// A port of at least `lowest`, written in decimal without sign or leading zeros.
    static func parse(_ text: Substring, from lowest: Int) -> Int? {
        guard isDecimal(text), text == "0" || !text.hasPrefix("0"), let port = Int(text), (lowest...65535).contains(port) else { return nil }
        return port
    }
}

enum HostName {
    /// Whether the text is an IPv4 address or a name of letters, digits, hyphens and dots. Digits and
    /// dots alone must be a whole address, so that `127.0.0.256` is not looked up as a name.
    static func isValid(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        if text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) { return IPAddress.bytes(of: String(text)) != nil }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isDigit($0) || (97...122).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

private func isDecimal(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isDigit) }
