import Testing

@testable import Platform

@Suite("Addresses and blocks of them")
struct CIDRTests {
    @Test(
        "A block contains what its prefix says",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.9.8.7/8", "10.1.1.1", true),
            ("192.168.1.128/25", "192.168.1.127", false), ("192.168.1.128/25", "192.168.1.200", true), ("0.0.0.0/0", "8.8.8.8", true),
            ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7", "203.0.113.8", false), ("203.0.113.7/32", "203.0.113.6", false),
            ("2001:db8::/32", "2001:db8:1::9", true), ("2001:db8::/32", "2001:db9::", false), ("::1", "::1", true),
            ("::/0", "fe80::1", true),
            ("::/0", "10.0.0.1", false), ("0.0.0.0/0", "::1", false), ("10.0.0.0/8", "::ffff:10.2.3.4", true),
            ("::ffff:10.0.0.0/104", "10.2.3.4", true), ("::ffff:10.0.0.0/104", "11.2.3.4", false),
            ("2001:db8::8000/113", "2001:db8::ffff", true),
            ("2001:db8::8000/113", "2001:db8::7fff", false),
        ])
    func contains(block: String, address: String, expected: Bool) throws {
        let cidr = try #require(CIDR(block))
        #expect(cidr.contains(try #require(IPAddress(address))) == expected)
    }

    @Test(
        "What is no block is refused",
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "10.0.0.0/8/8", "::/129", "localhost",
            "1.2.3.4.5", "fe80::1%eth0",
        ])
    func refusesBlocks(_ text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test("Addresses are read and written in one form")
    func addresses() throws {
        #expect(IPAddress("::FFFF:192.0.2.1")?.description == "192.0.2.1")
        #expect(IPAddress("2001:DB8:0:0::1")?.description == "2001:db8::1")
        #expect(IPAddress("1.2.3.4\u{0}5") == nil)
        #expect(IPAddress("127.1") == nil)
        #expect(CIDR("10.9.8.7/8")?.description == "10.0.0.0/8")
        #expect(CIDR("2001:db8::1")?.description == "2001:db8::1/128")
    }

    @Test(
        "The client is the first hop from the right that nobody trusted vouches for",
        arguments: [
            ("127.0.0.1", "203.0.113.9", "203.0.113.9"), ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
            ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"), ("127.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("127.0.0.1", "203.0.113.9, nonsense, 10.0.0.2", "10.0.0.2"), ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "203.0.113.9:4711", "203.0.113.9"), ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
            ("127.0.0.1", "[2001:db8::7]", "2001:db8::7"), ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
            ("127.0.0.1", "[2001:db8::7", "127.0.0.1"),
            ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ])
    func clients(peer: String, forwarded: String, expected: String) {
        let trusted = [CIDR("127.0.0.0/8"), CIDR("10.0.0.0/8")].compactMap(\.self)
        let headers = HTTPHeaders([("X-Forwarded-For", forwarded)])
        #expect(ClientAddress.resolve(peer: IPAddress(peer), headers: headers, trusted: trusted)?.description == expected)
    }

    @Test("The list may stand on several lines; an unknown peer is believed nothing")
    func severalLines() {
        let trusted = [CIDR("127.0.0.0/8")].compactMap(\.self)
        let headers = HTTPHeaders([
            ("X-Forwarded-For", "203.0.113.1"), ("x-forwarded-for", "203.0.113.2"), ("X-Forwarded-Proto", "http, HTTPS"),
        ])
        let peer = IPAddress("127.0.0.1")
        #expect(ClientAddress.resolve(peer: peer, headers: headers, trusted: trusted)?.description == "203.0.113.2")
        #expect(ClientAddress.resolve(peer: nil, headers: headers, trusted: trusted) == nil)
        #expect(ClientAddress.isSecure(peer: peer, overTLS: false, headers: headers, trusted: trusted))
        #expect(!ClientAddress.isSecure(peer: peer, overTLS: false, headers: headers, trusted: []))
        #expect(ClientAddress.isSecure(peer: nil, overTLS: true, headers: headers, trusted: trusted))
        #expect(!ClientAddress.isSecure(peer: peer, overTLS: true, headers: HTTPHeaders([("x-forwarded-proto", "http")]), trusted: trusted))
    }
}
