import Testing

@testable import Platform

@Suite struct AddressFormTests {
    private static let label63 = String(repeating: "a", count: 63)

    @Test(
        "takes e-mail addresses",
        arguments: [
            "a@example.org", "A.b+c@Example.Org", "!#$%&'*+/=?^_`{}|~-@a.bc", "a@localhost", "a@b-c.d1", "a@\(label63).org",
            "a@[127.0.0.1]",
            "a@[::1]", "\"a\\ b\"@example.org", "\"x\\\"y\"@example.org", "\"@\"@example.org", "\"\"@example.org", "a@bücher.example",
            "a@例え.テスト",
        ])
    func emails(text: String) {
        #expect(EmailForm.accepts(text))
    }

    @Test(
        "refuses what is no e-mail address",
        arguments: [
            "", "a", "@", "a@", "@example.org", "a@b", "a b@example.org", "a@b c.org", ".a@example.org", "a.@example.org",
            "a..b@example.org",
            "a@-b.org", "a@b-.org", "a@b..org", "a@.org", "a@example.org.", "a@example.o", "a@\(label63)a.org", "a@[127.0.0.256]", "a@[x]",
            "a@[::1", "\"a\"b\"@example.org", "\"a@example.org", "\"@example.org", "\"a b\"@example.org", "\"a\\\"@example.org",
            "\"a\nb\"@example.org",
            "\"é\"@example.org", "é@example.org", "a@exa_mple.org", "a@b@c.org ", "a@example.org\n", "a@LOCALHOST",
            String(repeating: "a", count: 310) + "@example.org",
        ])
    func notEmails(text: String) {
        #expect(!EmailForm.accepts(text))
    }

    @Test(
        "takes URLs",
        arguments: [
            "http://example.org", "https://example.org/", "HTTPS://Example.ORG:8080/a/b?c=d#e", "ftp://a.example", "ftps://a.example",
            "http://localhost", "http://LOCALHOST:1/", "http://127.0.0.1:8000/x", "http://[::1]/", "http://[2001:db8::1]:80",
            "http://a.b-c.de.",
            "http://user@example.org", "http://user:pass@example.org/", "http://user:@example.org", "http://bücher.example/é",
            "http://例え.テスト",
            "http://a.xn--p1ai", "http://example.org?q=@:/", "http://example.org#a@b", "http://\(label63).org",
        ])
    func urls(text: String) {
        #expect(URLForm.accepts(text))
    }

    @Test(
        "refuses what is no URL",
        arguments: [
            "", "x", "example.org", "http:", "http:/example.org", "http://", "http:///a", "javascript://example.org",
            "mailto:a@example.org",
            "://example.org", "http://example", "http://a b.org", "http://example.org/a b", "http://example.org\n",
            "http://example.org/\u{2003}",
            "http://-a.org", "http://a-.org", "http://a..org", "http://.org", "http://a.b1", "http://a.b", "http://a_b.org", "http://1.2.3",
            "http://1.2.3.256", "http://01.2.3.4", "http://[::1", "http://[x]", "http://[]", "http://::1/", "http://example.org:",
            "http://example.org:123456", "http://example.org:8a", "http://@example.org", "http://:p@example.org",
            "http://a:b:c@example.org",
            "http://a@b@example.org", "http://\(label63)a.org", "http://localhost.", "http://example.-org", "http://.",
            "http://a.org@\u{301}",
            "http://" + String(repeating: "a.", count: 130) + "org", "http://example.org/" + String(repeating: "a", count: 2_048),
        ])
    func notURLs(text: String) {
        #expect(!URLForm.accepts(text))
    }

    @Test("the fields use them")
    func fields() throws {
        #expect(try TextRule(maximum: 254, form: .email).read(" a@example.org ") == "a@example.org")
        #expect(throws: FieldProblem("Enter a valid URL.")) { try TextRule(form: .url).read("nowhere") }
        #expect(try TextRule(allowsBlank: true, form: .url).read("").isEmpty)
    }
}
