import Glibc
import Testing

@testable import Platform

/// Which addresses count as machines that the whole internet can reach: IANA's registries of special-purpose addresses, block
/// by block, with both ends of each and what lies beside them.
@Suite("Public addresses")
struct SocketAddressTests {
    @Test(
        "An address is public when no registry says otherwise",
        arguments: [
            // Ordinary ones.
            ("1.1.1.1", true), ("8.8.8.8", true), ("93.184.216.34", true), ("223.255.255.255", true), ("2606:4700:4700::1111", true),
            ("2a00:1450:4001:80b::200e", true), ("2400:cb00::1", true), ("3ffe:ffff::1", true),
            // This network, and private ones.
            ("0.0.0.0", false), ("0.255.255.255", false), ("1.0.0.0", true), ("9.255.255.255", true), ("10.0.0.0", false),
            ("10.255.255.255", false), ("11.0.0.0", true), ("172.15.255.255", true), ("172.16.0.0", false), ("172.31.255.255", false),
            ("172.32.0.0", true), ("192.167.255.255", true), ("192.168.0.0", false), ("192.168.255.255", false), ("192.169.0.0", true),
            // Shared by carriers.
            ("100.63.255.255", true), ("100.64.0.0", false), ("100.100.100.200", false), ("100.127.255.255", false), ("100.128.0.0", true),
            // Loopback and link-local, with what manages the machines of clouds.
            ("126.255.255.255", true), ("127.0.0.0", false), ("127.0.0.1", false), ("127.255.255.255", false), ("128.0.0.0", true),
            ("169.253.255.255", true), ("169.254.0.0", false), ("169.254.169.254", false), ("169.254.255.255", false),
            ("169.255.0.0", true), ("168.63.129.15", true), ("168.63.129.16", false), ("168.63.129.17", true),
            // Protocol assignments, documentation, old 6to4 relays, benchmarks.
            ("192.0.0.0", false), ("192.0.0.192", false), ("192.0.0.255", false), ("192.0.1.0", true), ("192.0.2.0", false),
            ("192.0.2.255", false), ("192.0.3.0", true), ("192.88.98.255", true), ("192.88.99.0", false), ("192.88.99.255", false),
            ("192.88.100.0", true), ("198.17.255.255", true), ("198.18.0.0", false), ("198.19.255.255", false), ("198.20.0.0", true),
            ("198.51.99.255", true), ("198.51.100.0", false), ("198.51.100.255", false), ("198.51.101.0", true), ("203.0.112.255", true),
            ("203.0.113.0", false), ("203.0.113.255", false), ("203.0.114.0", true),
            // Multicast, reserved, broadcast.
            ("224.0.0.0", false), ("239.255.255.255", false), ("240.0.0.0", false), ("255.255.255.254", false),
            ("255.255.255.255", false),
            // IPv6: unspecified, loopback, and IPv4 in its clothes.
            ("::", false), ("::1", false), ("::8.8.8.8", false), ("::ffff:8.8.8.8", false), ("::ffff:127.0.0.1", false),
            ("64:ff9b::8.8.8.8", false), ("64:ff9b::7f00:1", false), ("64:ff9b:1::1", false), ("2002:7f00:1::", false),
            ("2002:808:808::1", false), ("2001::1", false), ("2001:0:4136:e378:8000:63bf:3fff:fdd2", false),
            // IPv6: discard, protocols, benchmarks, ORCHID, documentation twice, segment routing.
            ("100::1", false), ("100:0:0:1::1", false), ("2001:1::1", false), ("2001:2::1", false), ("2001:10::1", false),
            ("2001:20::1", false), ("2001:1ff:ffff::1", false), ("2001:200::1", true), ("2001:db7:ffff::1", true), ("2001:db8::1", false),
            ("2001:db8:ffff::1", false), ("2001:db9::1", true), ("3fff::1", false), ("3fff:fff:ffff::1", false), ("3ffe::1", true),
            ("5f00::1", false), ("4000::1", false), ("1fff:ffff::1", false),
            // IPv6: local, link-local, once local to sites, multicast.
            ("fc00::1", false), ("fd00:ec2::254", false), ("fdff:ffff::1", false), ("fe80::1", false), ("febf:ffff::1", false),
            ("fec0::1", false), ("ff02::1", false), ("ff0e::1", false), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
        ] as [(String, Bool)])
    func registries(text: String, isPublic: Bool) throws {
        let isV6 = text.contains(":")
        let written = try #require(SocketAddress(host: isV6 ? "[\(text)]" : text))
        #expect(written.isPublic == isPublic)
        let connected = try #require(Self.connected(text, port: 8443))
        #expect(connected.isPublic == isPublic && connected.port == 8443 && connected.host == written.host)
    }

    /// The same as libcurl would hand it over.
    private static func connected(_ text: String, port: UInt16) -> SocketAddress? {
        let isV6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        guard inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        let head: [UInt8] = [0, 0, UInt8(port >> 8), UInt8(port & 255)]
        let whole = isV6 ? head + [0, 0, 0, 0] + bytes + [0, 0, 0, 0] : head + bytes + [UInt8](repeating: 0, count: 8)
        return whole.withUnsafeBytes { SocketAddress(family: isV6 ? AF_INET6 : AF_INET, $0) }
    }

    @Test("What is no IP address, or too short for one, is none")
    func others() {
        let bytes = [UInt8](repeating: 8, count: 28)
        bytes.withUnsafeBytes { whole in
            #expect(SocketAddress(family: AF_UNIX, whole) == nil)
            #expect(SocketAddress(family: AF_INET, UnsafeRawBufferPointer(rebasing: whole[..<7])) == nil)
            #expect(SocketAddress(family: AF_INET6, UnsafeRawBufferPointer(rebasing: whole[..<23])) == nil)
            #expect(SocketAddress(family: AF_INET6, whole)?.port == 0x0808)
        }
        for name in ["example.com", "127.1", "::1", "[127.0.0.1]", "[::1", ""] { #expect(SocketAddress(host: name) == nil, "\(name)") }
    }

    @Test("Ports: that of https, and those that servers of people's own have")
    func ports() {
        for port in [443, 1024, 8443, 65_535] { #expect(OutboundReach.isPublicPort(port)) }
        for port in [-1, 0, 22, 25, 80, 442, 444, 1023, 65_536] { #expect(!OutboundReach.isPublicPort(port), "\(port)") }
    }
}
