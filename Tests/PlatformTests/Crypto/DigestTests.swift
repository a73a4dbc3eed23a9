import Testing

@testable import Platform

@Suite struct DigestTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(Array(message.utf8))) == digest)
    }

    struct HMACVector: Sendable {
        var key: [UInt8]
        var message: [UInt8]
        var tag: String
    }

    private static let longKey = [UInt8](repeating: 0xAA, count: 131)

    @Test(
        "HMAC gives the tags of RFC 4231",
        arguments: [
            HMACVector(
                key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
                tag: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            HMACVector(
                key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
                tag: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            HMACVector(
                key: [UInt8](repeating: 0xAA, count: 20), message: [UInt8](repeating: 0xDD, count: 50),
                tag: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            HMACVector(
                key: (1...25).map { UInt8($0) }, message: [UInt8](repeating: 0xCD, count: 50),
                tag: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            HMACVector(
                key: longKey, message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                tag: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            HMACVector(
                key: longKey,
                message: Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                tag: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        ])
    func hmac(vector: HMACVector) {
        #expect(Hex.encode(HMACSHA256.tag(key: vector.key, message: vector.message)) == vector.tag)
    }

    @Test("HMAC's truncated vector of RFC 4231 is the beginning of the whole tag")
    func truncatedTag() {
        let tag = HMACSHA256.tag(key: [UInt8](repeating: 0x0C, count: 20), message: Array("Test With Truncation".utf8))
        #expect(Hex.encode(Array(tag.prefix(16))) == "a3b6167473100ee06e0c796c2955552b")
    }

    @Test("A key and a message may be empty")
    func emptyHMAC() {
        let tag = HMACSHA256.tag(key: [], message: [])
        #expect(Hex.encode(tag) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("One prepared key serves several tasks at once, each with the right tag")
    func sharedKey() async {
        let key = HMACKey([UInt8](repeating: 7, count: 32))
        let expected = (0..<64).map { HMACSHA256.tag(key: [UInt8](repeating: 7, count: 32), message: [UInt8($0)]) }
        let tags = await withTaskGroup(of: (Int, [UInt8]).self) { group in
            for index in 0..<64 {
                group.addTask { (index, [UInt8(index)].withUnsafeBytes { key.tag($0) }) }
            }
            return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        for index in 0..<64 { #expect(tags[index] == expected[index]) }
    }

    @Test("Equality in constant time is still equality")
    func constantTime() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([], [0]))
    }
}
