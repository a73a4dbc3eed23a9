import CCurl
import Glibc

/// A machine's address and a port there, as a connection is made to them.
struct SocketAddress: Sendable, Equatable {
    let host: IPAddress
    let port: Int

    /// What libcurl is about to connect to. Nil for what is no IP address.
    init?(_ wanted: UnsafeMutablePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        // libcurl keeps the whole address behind the beginning that its type shows.
        let length = Int(wanted.pointee.addrlen)
        self.init(family: wanted.pointee.family, UnsafeRawBufferPointer(start: UnsafeRawPointer(wanted) + offset, count: length))
    }

    /// The bytes of a `sockaddr_in` or a `sockaddr_in6`.
    init?(family: Int32, _ bytes: UnsafeRawBufferPointer) {
        let place: Range<Int>
        switch family {
        case AF_INET: place = 4..<8
        case AF_INET6: place = 8..<24
        default: return nil
        }
        guard bytes.count >= place.upperBound else { return nil }
        port = Int(bytes[2]) << 8 | Int(bytes[3])
        host = IPAddress(bytes: Array(bytes[place]))
    }

    /// The host of a URL where it is an address and not a name. Its port does not matter then.
    init?(host text: String) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let bare = isBracketed ? String(text.dropFirst().dropLast()) : text
        var bytes = [UInt8](repeating: 0, count: isBracketed ? 16 : 4)
        guard inet_pton(isBracketed ? AF_INET6 : AF_INET, bare, &bytes) == 1 else { return nil }
        host = IPAddress(bytes: bytes)
        port = 0
    }

    /// Whether everybody on the internet comes to the same machine by it.
    var isPublic: Bool {
        let isV6 = host.bytes.count == 16
        // All that is given out of IPv6 so far is in 2000::/3. Outside of it are loopback, the unspecified address, IPv4 in
        // the clothes of IPv6 (::/96, ::ffff:0:0/96, 64:ff9b::/96), local and link-local ones and multicast.
        if isV6, host.bytes[0] & 0xE0 != 0x20 { return false }
        return !(isV6 ? Self.specialV6 : Self.specialV4).contains { $0.contains(host) }
    }

    /// The blocks of IANA's registry of special-purpose addresses that are not for everybody, with multicast and what is
    /// reserved.
    private static let specialV4 = blocks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        // In no registry: by it a machine at one large host reaches what manages it.
        "168.63.129.16/32")

    /// Those inside 2000::/3: protocols (Teredo and ORCHID among them), documentation twice, and 6to4, in which any IPv4
    /// address can hide.
    private static let specialV6 = blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

    private static func blocks(_ texts: String...) -> [CIDR] { texts.compactMap { CIDR($0) } }
}
