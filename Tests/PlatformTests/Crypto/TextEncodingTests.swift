import Testing

@testable import Platform

@Suite struct TextEncodingTests {
    @Test(
        "Base64 writes the vectors of RFC 4648 and reads them back",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func base64Vectors(plain: String, text: String) {
        let bytes = Array(plain.utf8)
        let bare = String(text.prefix { $0 != "=" })
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.encode(bytes, padded: false) == bare)
        #expect(Base64.decode(bare, padded: false) == bytes)
        #expect(Base64URL.encode(bytes) == bare)
        #expect(Base64URL.decode(bare) == bytes)
    }

    @Test("The two alphabets differ in their last two letters and do not read each other's")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes) == "+/+/")
        #expect(Base64URL.encode(bytes) == "-_-_")
        #expect(Base64.decode("-_-_") == nil)
        #expect(Base64URL.decode("+/+/") == nil)
    }

    @Test(
        "Base64 for URLs refuses padding, white space, left-over bits and impossible lengths",
        arguments: ["Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v", "Zh", "Zm9", "Zm9vZ", "A", "Zm9ü", "\0AAA"])
    func strictURL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(
        "Padded Base64 refuses padding that is missing, misplaced or too long",
        arguments: ["Zg", "Zg=", "Zm9vYg=", "=", "====", "A===", "Z=g=", "Zg==Zg==", "Zh==", "Zm9="])
    func strictPadded(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Every length and byte makes the way through Base64 and back")
    func base64RoundTrip() {
        let random = SeededRandom(41)
        for length in 0..<80 {
            let bytes = random.bytes(length)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test("Hexadecimal text is written in lower case and read in either")
    func hex() {
        #expect(Hex.encode([]) == "")
        #expect(Hex.encode([0, 1, 0x9A, 0xFF]) == "00019aff")
        #expect(Hex.decode("00019AfF") == [0, 1, 0x9A, 0xFF])
        #expect(Hex.decode("") == [])
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(all)) == all)
    }

    @Test("Hexadecimal text of odd length or with another letter is refused", arguments: ["0", "abc", "0g", "g0", "0x00", "-1", "é"])
    func badHex(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
