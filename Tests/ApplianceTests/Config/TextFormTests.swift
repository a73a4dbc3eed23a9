import Testing

@testable import Appliance

@Suite struct TextFormTests {
    @Test(
        "A listener's address",
        arguments: [
            ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost:0", true), ("jobs-1.example.com:65535", true),
            ("[::ffff:127.0.0.1]:1", true), ("", false), ("127.0.0.1", false), (":8080", false), ("::1:8080", false),
            ("127.0.0.1:", false), ("127.0.0.1:65536", false), ("127.0.0.1:080", false), ("127.0.0.1:+80", false),
            ("127.0.0.1:-1", false), ("127.0.0.1: 80", false), ("127.0.0.256:80", false), ("1.2.3:80", false), ("[127.0.0.1]:80", false),
            ("[::1:80", false), ("[nonsense]:80", false), ("host name:80", false), ("-a.example:80", false), ("a-.example:80", false),
            ("a..example:80", false), ("*:80", false), ("a:99999999999999999999", false),
        ])
    func listenAddress(_ text: String, _ isGood: Bool) {
        #expect(TextForm.listenAddress.accepts(text) == isGood)
        if isGood { #expect(ListenAddress(text)?.description == text) }
    }

    @Test("Names have the lengths that DNS allows")
    func nameLengths() {
        let label = String(repeating: "a", count: 63)
        #expect(ListenAddress("\(label):1") != nil)
        #expect(ListenAddress("a\(label):1") == nil)
        #expect(ListenAddress([label, label, label, label].joined(separator: ".") + ":1") == nil)
    }

    @Test(
        "Which listeners only this machine can reach",
        arguments: [
            ("127.0.0.1:1", true), ("127.8.9.10:1", true), ("[::1]:1", true), ("[0:0:0:0:0:0:0:1]:1", true), ("LOCALHOST:1", true),
            ("[::ffff:127.0.0.1]:1", true), ("0.0.0.0:1", false), ("[::]:1", false), ("128.0.0.1:1", false), ("localhost.example:1", false),
        ])
    func loopback(_ text: String, _ isLoopback: Bool) {
        #expect(ListenAddress(text)?.isLoopback == isLoopback)
    }

    @Test(
        "A proxy's address or network",
        arguments: [
            ("10.0.0.0/8", true), ("127.0.0.1", true), ("::1", true), ("2001:db8::/32", true), ("10.0.0.0/33", false),
            ("10.0.0.0/", false), ("proxy.example", false), ("", false),
        ])
    func network(_ text: String, _ isGood: Bool) {
        #expect(TextForm.network.accepts(text) == isGood)
    }

    @Test(
        "An origin, as browsers write it",
        arguments: [
            ("https://app.example.com", true), ("http://localhost:3000", true), ("http://[::1]:3000", true), ("https://[::1]", true),
            ("https://a.example:80", true), ("https://a.example:443", false), ("http://a.example:80", false), ("https://A.example", false),
            ("HTTPS://a.example", false), ("https://a.example/", false), ("https://a.example/x", false), ("ftp://a.example", false),
            ("a.example", false), ("https://", false), ("https://:80", false), ("https://u@a.example", false),
            ("https://a.example:0", false),
            ("https://a.example:", false), ("https://[::1", false), ("https://[a]", false), ("*", false), ("null", false), ("", false),
        ])
    func origin(_ text: String, _ isGood: Bool) {
        #expect(TextForm.origin.accepts(text) == isGood)
    }

    @Test(
        "A provider's address",
        arguments: [
            ("http://127.0.0.1:11434/v1", true), ("https://api.example.com", true), ("https://api.example.com/v1/", true),
            ("https://user:password@api.example.com/", false), ("https://api.example.com/v1?key=1", false),
            ("https://api.example.com/v1#a", false), ("https://api.example.com/a b", false), ("https://api.example.com/\n", false),
            ("file:///etc/passwd", false),
        ])
    func endpoint(_ text: String, _ isGood: Bool) {
        #expect(TextForm.endpoint.accepts(text) == isGood)
    }

    @Test("Paths, names and secrets have lengths and no characters that break a line")
    func plain() {
        #expect(TextForm.path.accepts("/srv/with space/é"))
        #expect(!TextForm.path.accepts("a\0b"))
        #expect(!TextForm.path.accepts(String(repeating: "a", count: 4097)))
        #expect(TextForm.name.accepts("llama3.1:8b"))
        #expect(!TextForm.name.accepts(String(repeating: "a", count: 201)))
        #expect(TextForm.secret.accepts("sk-proj_1/+="))
        #expect(!TextForm.secret.accepts("é"))
        #expect(!TextForm.secret.accepts(String(repeating: "a", count: 4097)))
    }

    @Test(
        "The nearest name is one that was probably meant, or none",
        arguments: [
            ("server.lisen", "server.listen"), ("server.lsiten", "server.listen"), ("SERVER.LISTEN", "server.listen"),
            ("servers.drain_seconds", "server.drain_seconds"), ("assistant.level", "log.level"), ("attempts", "assistant.attempts"),
            ("assistant.apikey", "assistant.api_key"), ("x", nil), ("", nil), ("database.url", nil),
        ])
    func nearest(_ wrong: String, _ meant: String?) {
        #expect(NearestName.of(wrong, among: Setting.all.map(\.key)) == meant)
        #expect(NearestName.of(wrong, among: []) == nil)
    }
}
