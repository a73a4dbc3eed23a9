import Testing

@testable import Platform

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(parameters: .test, random: SeededRandom(1))
    /// Made with Python's hashlib.
    private static let django = "pbkdf2_sha256$1000$k3Vd0Qw8$PU6TxyByC0hlwHHP5D6P5bw4zy/OJsgGPtcJ7M32QCM="
    private static let scrypt = "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$3BAoDUHfoyOB5GcwEumteOdRIWKv6BS4wgwpFs28+50"
    private static let password = "walnut-harbour-29"

    struct Vector: Sendable {
        var password: String
        var salt: String
        var cost: PasswordHasher.Parameters
        var key: String
    }

    @Test(
        "scrypt gives the keys of RFC 7914",
        arguments: [
            Vector(
                password: "", salt: "", cost: .init(logN: 4, r: 1, p: 1),
                key: "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"),
            Vector(
                password: "password", salt: "NaCl", cost: .init(logN: 10, r: 8, p: 16),
                key: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"),
            Vector(
                password: "pleaseletmein", salt: "SodiumChloride", cost: .init(logN: 14, r: 8, p: 1),
                key: "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"),
        ])
    func vectors(vector: Vector) {
        let key = ScryptHash.derive(vector.password, Array(vector.salt.utf8), vector.cost, length: 64)
        #expect(key.map { Hex.encode($0) } == vector.key)
    }

    @Test("The standard cost is the one that was decided on")
    func standard() {
        #expect(PasswordHasher.Parameters.standard == PasswordHasher.Parameters(logN: 15, r: 8, p: 3))
        #expect(PasswordHasher(random: SeededRandom(1)).dummy.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    }

    @Test("A hash is in PHC form, matches its password and no other")
    func roundTrip() throws {
        let stored = try hasher.hash(Self.password)
        let parts = stored.split(separator: "$")
        #expect(parts.count == 4)
        #expect(parts[1] == "ln=4,r=8,p=1")
        #expect(parts[2].count == 22)
        #expect(parts[3].count == 43)
        #expect(hasher.verify(Self.password, against: stored))
        for wrong in ["", "walnut-harbour-28", "Walnut-harbour-29", "walnut-harbour-29 "] {
            #expect(!hasher.verify(wrong, against: stored))
        }
    }

    @Test("The same password has another hash each time")
    func salted() throws {
        #expect(try hasher.hash(Self.password) != hasher.hash(Self.password))
    }

    @Test("Passwords are bytes of UTF-8: empty, long, with a NUL, and in two spellings that are two passwords")
    func bytes() throws {
        for password in ["", "a\0b", String(repeating: "ü", count: 128), "пароль🔑"] {
            #expect(hasher.verify(password, against: try hasher.hash(password)))
        }
        #expect(!hasher.verify("a", against: try hasher.hash("a\0b")))
        #expect(!hasher.verify("caf\u{E9}", against: try hasher.hash("cafe\u{301}")))
    }

    @Test("A hash that another program made is verified")
    func foreign() {
        #expect(hasher.verify(Self.password, against: Self.scrypt))
        #expect(!hasher.verify("walnut", against: Self.scrypt))
        #expect(!hasher.needsRehash(Self.scrypt))
    }

    @Test("A hash of Django's is verified, and to be replaced")
    func djangoHash() {
        #expect(hasher.verify(Self.password, against: Self.django))
        #expect(!hasher.verify("walnut", against: Self.django))
        #expect(hasher.needsRehash(Self.django))
        let unicode = "pbkdf2_sha256$390000$seasaltXYZ01$kIcnW3SmxIztE8cHFChL1E6yq2pqJ3ZQ5G+nemGRA2w="
        #expect(hasher.verify("Grüße, Walnuss 7!", against: unicode))
    }

    @Test(
        "What is no hash matches nothing and is to be replaced",
        arguments: [
            "", "!", "walnut-harbour-29", "$scrypt$", "md5$a$b", "pbkdf2_sha256$1000$k3Vd0Qw8", "pbkdf2_sha256$0$k3Vd0Qw8$\(digest)=",
            "pbkdf2_sha256$12000001$k3Vd0Qw8$\(digest)=", "pbkdf2_sha256$x$k3Vd0Qw8$\(digest)=", "pbkdf2_sha256$1000$$\(digest)=",
            "pbkdf2_sha256$1000$k3Vd0Qw8$\(digest)", "pbkdf2_sha256$1000$k3Vd0Qw8$AAAA", "pbkdf2_sha1$1000$k3Vd0Qw8$\(digest)=",
        ])
    func notHashes(stored: String) {
        #expect(!hasher.verify(Self.password, against: stored))
        #expect(hasher.needsRehash(stored))
    }

    private static let digest = "PU6TxyByC0hlwHHP5D6P5bw4zy/OJsgGPtcJ7M32QCM"

    @Test(
        "The PHC form is read strictly",
        arguments: [
            ("ln=4,r=8,p=1", "ln=04x,r=8,p=1"), ("ln=4,r=8,p=1", "r=8,ln=4,p=1"), ("ln=4,r=8,p=1", "ln=4,r=8"),
            ("ln=4,r=8,p=1", "ln=+4,r=8,p=1"),
            ("ln=4,r=8,p=1", "ln=4,r=8,p=1,x=1"), ("ln=4", "ln=0"), ("ln=4", "ln=21"), ("r=8", "r=0"), ("r=8", "r=33"), ("p=1", "p=0"),
            ("p=1", "p=17"),
            ("ln=4", "ln=-4"), ("ln=4", "ln=99999999999999999999"), ("$scrypt", "scrypt"), ("$scrypt", "x$scrypt"), ("scrypt", "argon2id"),
            ("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBg"), ("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODw=="), ("+50", "+51"),

            ("3BAoDUHfoyOB5GcwEumteOdRIWKv6BS4wgwpFs28+50", "3BAoDUHfoyOB5GcwEu"), ("+50", "+50$"),
        ])
    func strictForm(original: String, replacement: String) throws {
        let start = try #require(Self.scrypt.firstRange(of: original))
        let changed = Self.scrypt.replacingCharacters(in: start, with: replacement)
        #expect(!hasher.verify(Self.password, against: changed))
    }

    @Test("A hash is replaced when any one parameter has grown, and not when they have shrunk")
    func rehash() throws {
        let stored = try PasswordHasher(parameters: .init(logN: 5, r: 8, p: 2), random: SeededRandom(1)).hash(Self.password)
        func needed(_ logN: Int, _ r: Int, _ p: Int) -> Bool {
            PasswordHasher(parameters: .init(logN: logN, r: r, p: p), random: SeededRandom(1)).needsRehash(stored)
        }
        #expect(!needed(5, 8, 2))
        #expect(!needed(4, 4, 1))
        #expect(needed(6, 8, 2))
        #expect(needed(5, 9, 2))
        #expect(needed(5, 8, 3))
        #expect(hasher.verify(Self.password, against: stored))
    }

    @Test("A hash with a short salt or digest is replaced")
    func shortParts() {
        let salt = [UInt8](repeating: 1, count: 16)
        let shortSalt = ScryptHash(parameters: .test, salt: Array(salt.prefix(8)), digest: salt + salt).text
        let shortDigest = ScryptHash(parameters: .test, salt: salt, digest: salt).text
        #expect(hasher.needsRehash(shortSalt))
        #expect(hasher.needsRehash(shortDigest))
        #expect(!hasher.needsRehash(ScryptHash(parameters: .test, salt: salt, digest: salt + salt).text))
    }

    @Test("The dummy is a whole hash of the same cost that matches nothing")
    func dummy() {
        #expect(!hasher.needsRehash(hasher.dummy))
        #expect(hasher.dummy.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(!hasher.verify("", against: hasher.dummy))
        #expect(!hasher.verify(hasher.dummy, against: hasher.dummy))
    }

    @Test("More than 64 MiB is refused: when hashing with an error, when verifying with a no")
    func memoryLimit() {
        let greedy = PasswordHasher(parameters: .init(logN: 17, r: 8, p: 1), random: SeededRandom(1))
        #expect(throws: PasswordHasher.Failure.cannotDerive) { try greedy.hash(Self.password) }
        #expect(!hasher.verify(Self.password, against: greedy.dummy))
        let senseless = PasswordHasher(parameters: .init(logN: 0, r: 8, p: 1), random: SeededRandom(1))
        #expect(throws: PasswordHasher.Failure.cannotDerive) { try senseless.hash(Self.password) }
    }
}

extension String {
    fileprivate func firstRange(of text: String) -> Range<String.Index>? {
        indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
    }

    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
