import Testing

@testable import Platform

@Suite struct PasswordPolicyTests {
    private static let short = "This password is too short. It must contain at least 8 characters."
    private static let common = "This password is too common."
    private static let numeric = "This password is entirely numeric."

    private func problems(_ password: String, email: String? = nil, first: String? = nil, last: String? = nil) -> [String] {
        PasswordPolicy.problems(password, email: email, firstName: first, lastName: last)
    }

    @Test("A good password has no problems", arguments: ["walnut-harbour-29", "пароль-орех", "        ", "🔑🔑🔑🔑🔑🔑🔑🔑"])
    func good(password: String) {
        #expect(problems(password, email: "ada@example.com", first: "Ada", last: "Quill") == [])
    }

    @Test("Length is counted in characters of Unicode, not in bytes")
    func length() {
        #expect(problems("xq7üvöä") == [Self.short])
        #expect(problems("xq7üvöäz") == [])
        #expect(problems("") == [Self.short])
    }

    @Test(
        "A common password is refused in any case of letters and with space around it",
        arguments: ["password1", "PassWord1", " password1\n", "computer"])
    func common(password: String) {
        #expect(problems(password) == [Self.common])
    }

    @Test("Digits of any script are a number, and one other character makes them none")
    func numeric() {
        #expect(problems("8305172946") == [Self.numeric])
        #expect(problems("٨٣٠٥١٧٢٩٤٦") == [Self.numeric])
        #expect(problems("8305172946.") == [])
        #expect(problems("½½½½½½½½") == [])
    }

    @Test("All reasons are told, in order")
    func allReasons() {
        #expect(
            problems("123456", email: "123456@example.com") == [
                "The password is too similar to the email.", Self.short, Self.common, Self.numeric,
            ])
        #expect(problems("12345678") == [Self.common, Self.numeric])
    }

    @Test(
        "A password like the e-mail address, or a part of it, is refused",
        arguments: ["ada.quill@example.com", "ADA.QUILL@EXAMPLE.COM", "example.com", "lliuq.ada", "adaquill1", "examples1"])
    func similarEmail(password: String) {
        #expect(problems(password, email: "Ada.Quill@example.com").first == "The password is too similar to the email.")
    }

    @Test("A password like a name is refused with the name of the field")
    func similarNames() {
        #expect(problems("wilhelmine", first: "Wilhelmine") == ["The password is too similar to the first name."])
        #expect(problems("harbourgate1", last: "Harbourgate") == ["The password is too similar to the last name."])
        #expect(problems("harbourgate1", last: "van Harbourgate-Smith") == ["The password is too similar to the last name."])
    }

    @Test("Only the first likeness is told: first name, last name, e-mail")
    func oneLikeness() {
        let found = problems("wilhelmine1", email: "wilhelmine@example.com", first: "Wilhelmine", last: "Wilhelmine")
        #expect(found == ["The password is too similar to the first name."])
    }

    @Test("The limit is seven tenths, inclusive")
    func limit() {
        // Seven letters of ten and ten in common: 14 / 20.
        #expect(problems("abcdefg123", first: "abcdefgxyz") == ["The password is too similar to the first name."])
        #expect(problems("abcdef1234", first: "abcdefwxyz") == [])
    }

    @Test("Letters count as often as they occur")
    func multiplicity() {
        #expect(problems("aaaaaaaaqz", first: "aqz") == [])
        #expect(problems("aaaaaaaaqz", first: "aaaaaaaaq") == ["The password is too similar to the first name."])
    }

    @Test("Nothing, an empty name or a very short one is like no password")
    func nothingKnown() {
        #expect(problems("walnut-harbour-29", email: "", first: "", last: "x") == [])
        #expect(problems("xyzwvutsrqponm", email: "@", first: " ", last: "--") == [])
        #expect(problems("", email: "", first: "@") == [Self.short])
        #expect(problems("xxxxxxxxxxxxxxxxxxxxxxxx", first: "xx") == [])
    }

    @Test("The list has at least three thousand words, in lower case, without doubles or space")
    func list() {
        #expect(CommonPasswords.words.count == 3410)
        #expect(CommonPasswords.words.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty && !$0.contains(" ") })
        for word in ["123456", "password", "qwerty", "zxcvbnm", "iloveyou"] { #expect(CommonPasswords.contains(word)) }
        for word in ["", " ", "walnut-harbour-29", "password password"] { #expect(!CommonPasswords.contains(word)) }
    }
}
