import Testing

@testable import Platform

/// What RFC 8725 warns of, and what can be done to a token with an editor.
@Suite struct TokenAttackTests {
    private let signer = TokenFixture.signer
    private let token = TokenFixture.signer.sign(TokenFixture.claims())

    @Test("The fixture's forged token is good, so that the refusals below are for the reason they name")
    func control() {
        #expect(signer.outcome(TokenFixture.forge()) == .success(TokenFixture.claims()))
        #expect(TokenFixture.forge().hasPrefix(token.prefix { $0 != "." }))
    }

    @Test(
        "Any algorithm but HS256 is refused, even when the signature is a true HS256 one",
        arguments: [
            "\"none\"", "\"None\"", "\"NONE\"", "\"RS256\"", "\"ES256\"", "\"HS384\"", "\"HS512\"", "\"hs256\"", "\"\"", "null", "256",
            "[\"HS256\"]",
        ])
    func algorithm(name: String) {
        let header = "{\"alg\":\(name),\"kid\":\"2026-11\",\"typ\":\"JWT\"}"
        #expect(signer.outcome(TokenFixture.forge(header: header)) == .failure(.invalid))
    }

    @Test("An unsecured token is refused, with an empty signature or none")
    func unsecured() {
        let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        let payload = Base64URL.encode(Array(TokenFixture.payload().utf8))
        for text in ["\(header).\(payload).", "\(header).\(payload)"] {
            #expect(signer.outcome(text) == .failure(.invalid))
        }
        // The unsecured example of RFC 7519, section 6.1.
        let example =
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        #expect(signer.outcome(example) == .failure(.invalid))
    }

    @Test("A header without alg is refused")
    func missingAlgorithm() {
        #expect(signer.outcome(TokenFixture.forge(header: #"{"kid":"2026-11","typ":"JWT"}"#)) == .failure(.invalid))
        #expect(signer.outcome(TokenFixture.forge(header: "{}")) == .failure(.invalid))
    }

    @Test(
        "A header that brings a key, points to one or asks for an extension is refused",
        arguments: [
            #""jwk":{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#, #""jku":"https://example.com/keys""#,
            #""x5u":"https://example.com/c""#, #""x5c":[]"#, #""x5t":"AA""#, #""x5t#S256":"AA""#, #""crit":["exp"]"#, #""crit":[]"#,
            #""b64":false"#, #""zip":"DEF""#, #""enc":"A128GCM""#, #""jwk":null"#,
        ])
    func extensions(member: String) {
        let header = #"{"alg":"HS256","kid":"2026-11","typ":"JWT",\#(member)}"#
        #expect(signer.outcome(TokenFixture.forge(header: header)) == .failure(.invalid))
    }

    @Test(
        "A kid that is unknown, a path, a statement or not text is refused",
        arguments: ["\"2026-10\"", "\"\"", "\"../../dev/null\"", "\"x' OR '1'='1\"", "7", "null"])
    func unknownKey(id: String) {
        let header = "{\"alg\":\"HS256\",\"kid\":\(id),\"typ\":\"JWT\"}"
        #expect(signer.outcome(TokenFixture.forge(header: header)) == .failure(.invalid))
        #expect(signer.outcome(TokenFixture.forge(header: header, secret: [])) == .failure(.invalid))
    }

    @Test("Another type than JWT is refused, in any case of letters JWT is not")
    func type() {
        for (type, isGood) in [
            ("\"JWT\"", true), ("\"jwt\"", true), ("\"at+jwt\"", false), ("\"JWE\"", false), ("7", false), ("null", false),
        ] {
            let outcome = signer.outcome(TokenFixture.forge(header: "{\"alg\":\"HS256\",\"kid\":\"2026-11\",\"typ\":\(type)}"))
            #expect(outcome == (isGood ? .success(TokenFixture.claims()) : .failure(.invalid)))
        }
    }

    @Test("Another program's header with our key is understood: other order, white space, no typ, no kid, unknown members")
    func foreignHeaders() {
        let headers = [
            "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\",\"kid\":\"2026-11\"}", #"{"alg":"HS256","kid":"2026-11"}"#, #"{"alg":"HS256"}"#,
            #"{"alg":"HS256","cty":"x"}"#,
        ]
        for header in headers {
            #expect(signer.outcome(TokenFixture.forge(header: header)) == .success(TokenFixture.claims()))
            #expect(signer.outcome(TokenFixture.forge(header: header, secret: [UInt8](repeating: 1, count: 32))) == .failure(.invalid))
        }
    }

    @Test(
        "A header that is no object, no JSON or no Base64 is refused",
        arguments: ["", "[]", "\"HS256\"", "null", "{", "{\"alg\":\"HS256\""])
    func brokenHeaders(header: String) {
        #expect(signer.outcome(TokenFixture.forge(header: header)) == .failure(.invalid))
        #expect(signer.outcome("*" + TokenFixture.forge(header: header)) == .failure(.invalid))
    }

    @Test("A change of any single character makes a token invalid")
    func tampered() {
        let letters = Array(token)
        for index in letters.indices {
            for letter in ["A", "B", ".", "="] as [Character] where letters[index] != letter {
                var changed = letters
                changed[index] = letter
                #expect(signer.outcome(String(changed)) == .failure(.invalid))
            }
        }
    }

    @Test("The last character of a signature has one spelling: its unused bits must be zero")
    func signatureMalleability() throws {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let stem = token.dropLast()
        let good = alphabet.filter { (try? signer.verify(stem + String($0), now: TokenFixture.now)) != nil }
        #expect(good.count == 1)
    }

    @Test("A payload of another token does not pass under this one's signature")
    func swappedPayload() {
        let other = signer.sign(TokenFixture.claims(type: "refresh"))
        let mine = token.split(separator: ".")
        let theirs = other.split(separator: ".")
        #expect(signer.outcome("\(mine[0]).\(theirs[1]).\(mine[2])") == .failure(.invalid))
    }

    @Test("Every truncation is invalid")
    func truncated() {
        for length in 0..<token.count {
            #expect(signer.outcome(String(token.prefix(length))) == .failure(.invalid))
            #expect(signer.outcome(String(token.suffix(length))) == .failure(.invalid))
        }
    }

    @Test("Padding, white space, a NUL, a fourth part and a scheme are refused")
    func additions() {
        for text in [
            "\(token)=", "\(token)==", "\(token) ", " \(token)", "\(token)\n", "\(token)\0", "\(token).", ".\(token)", "\(token).AAAA",
            "Bearer \(token)", "..", "...", "",
        ] {
            #expect(signer.outcome(text) == .failure(.invalid))
        }
        // Padding inside what was signed: the signature is true, the text is not Base64 for URLs.
        let header = Base64URL.encode(Array(TokenFixture.header.utf8))
        let payload = Base64.encode(Array(TokenFixture.payload(replacing: ["p": "0"]).utf8))
        let padded = payload.hasSuffix("=") ? payload : payload + "="
        let signature = Base64URL.encode(HMACSHA256.tag(key: TokenFixture.secret, message: Array("\(header).\(padded)".utf8)))
        #expect(signer.outcome("\(header).\(padded).\(signature)") == .failure(.invalid))
    }

    @Test("A token of 4096 bytes is read, one of 4097 is not")
    func oversize() {
        // No Base64 text of one length fits both: a space after the header moves the total by one.
        func token(of length: Int) -> String? {
            for header in [TokenFixture.header, TokenFixture.header + " "] {
                for padding in 2500...2900 {
                    let filler = "\"\(String(repeating: "a", count: padding))\""
                    let token = TokenFixture.forge(header: header, payload: TokenFixture.payload(replacing: ["x": filler]))
                    if token.utf8.count == length { return token }
                }
            }
            return nil
        }
        #expect(token(of: 4096).map { signer.outcome($0) } == .success(TokenFixture.claims()))
        #expect(token(of: 4097).map { signer.outcome($0) } == .failure(.invalid))
        #expect(signer.outcome(String(repeating: "a", count: 1_000_000)) == .failure(.invalid))
    }
}
