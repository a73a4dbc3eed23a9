import Glibc

/// An IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The bytes in network order: 4 or 16.
    package let bytes: [UInt8]
    /// The address in its shortest form. It is kept because each request of a connection logs it.
    package let description: String

    /// Nil for anything that is not one address: names, ports, zones, abbreviated IPv4.
    package init?(_ text: some StringProtocol) {
        guard let bytes = Self.parse(String(text)) else { return nil }
        self.init(bytes: Self.mapped(bytes) ?? bytes)
    }

    /// 4 or 16 bytes, taken as they are.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        description = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it is this machine itself: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// A hop of `X-Forwarded-For`, which some proxies write with a port.
    static func hop(_ text: Substring) -> IPAddress? {
        if let address = IPAddress(text) { return address }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        guard let colon = text.lastIndex(of: ":"), colon == text.firstIndex(of: ":") else { return nil }
        return IPAddress(text[..<colon])
    }

    fileprivate static func parse(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        let isV6 = text.utf8.contains(UInt8(ascii: ":"))
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        return inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 ? bytes : nil
    }

    fileprivate static func mapped(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else { return nil }
        return Array(bytes[12...])
    }
}

/// A block of addresses, `10.0.0.0/8` or `2001:db8::/32`; an address alone is a block of one.
///
/// A block inside `::ffff:0:0/96` is the IPv4 block; bits behind the prefix do not matter.
package struct CIDR: Sendable, Hashable, CustomStringConvertible {
    private let network: [UInt8]
    package let prefix: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = IPAddress.parse(String(parts[0])) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy(ASCIIText.isDigit), let number = Int(parts[1]), number <= prefix else { return nil }
            prefix = number
        }
        if let mapped = IPAddress.mapped(bytes), prefix >= 96 {
            self.init(network: mapped, prefix: prefix - 96)
        } else {
            self.init(network: bytes, prefix: prefix)
        }
    }

    private init(network: [UInt8], prefix: Int) {
        self.network = network.enumerated().map { $1 & Self.mask(prefix, $0) }
        self.prefix = prefix
    }

    package var description: String {
        "\(IPAddress(bytes: network))/\(prefix)"
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == network.count else { return false }
        for index in 0..<(prefix + 7) / 8 where address.bytes[index] & Self.mask(prefix, index) != network[index] { return false }
        return true
    }

    /// The bits of a byte that belong to the prefix.
    private static func mask(_ prefix: Int, _ index: Int) -> UInt8 {
        let bits = min(8, max(0, prefix - index * 8))
        return UInt8(truncatingIfNeeded: 0xFF00 >> bits)
    }
}
