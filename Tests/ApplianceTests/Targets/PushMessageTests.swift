import Platform
import Testing

@testable import Appliance

/// What each kind of target is sent.
@Suite("What a target gets")
struct PushMessageTests {
    private static let links = MailLinks(site: "https://app.example.com/", server: "")
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func message(
        _ kind: Notification.Kind = .reminder, title: String = "News", message: String = "About news."
    ) -> PushMessage {
        PushMessage(
            Notification(
                rowID: 1, id: Identifier(rowID: 9), kind: kind, title: title, message: message, isRead: false, createdAt: Self.now,
                data: ["job_id": "x"]))
    }

    private func request(_ kind: NotificationTarget.Kind, url: String, token: String? = nil, _ message: PushMessage) -> OutboundRequest {
        var target = NotificationTarget(id: Identifier(rowID: 1), createdAt: Self.now)
        (target.kind, target.url) = (kind, url)
        let keys = TargetKeys(secret: kind == .webhook ? [UInt8](repeating: 1, count: 32) : nil, token: token)
        return PushRequest.make(message, to: target, keys, Self.links, at: Self.now, reach: .publicOnly)
    }

    private func text(_ request: OutboundRequest) -> String { String(decoding: request.body ?? [], as: UTF8.self) }

    @Test("A webhook gets the notification exactly as the API shows it")
    func webhook() throws {
        let request = request(.webhook, url: "https://hooks.example.org/in", message())
        var writer = JSONWriter()
        NotificationResource.description.write(message().notification, into: &writer)
        let shown = String(decoding: writer.bytes, as: UTF8.self)
        let moment = try #require(try JSONValue.parse(writer.bytes)["created_at"]?.string)
        #expect(text(request) == #"{"type":"notification.created","timestamp":"\#(moment)","data":\#(shown)}"#)
        #expect(request.method == "POST" && request.url == "https://hooks.example.org/in" && request.breaker == nil)
        #expect(request.limits.total == 5000 && request.limits.maximumResponseBytes == 65_536 && request.reach == .publicOnly)
    }

    @Test("ntfy gets the text, and the rest in headers that hold no other characters than HTTP allows")
    func ntfy() throws {
        let named = request(.ntfy, url: "https://ntfy.example.org/jobs", token: "tk_1", message(title: "Zusage: Köchin\r\nX-Evil: 1"))
        let headers = Dictionary(uniqueKeysWithValues: named.headers.map { ($0.name, $0.value) })
        #expect(text(named) == "About news." && headers["Authorization"] == "Bearer tk_1")
        #expect(headers["Title"] == "=?utf-8?B?WnVzYWdlOiBLw7ZjaGluIFgtRXZpbDogMQ==?=")
        #expect(headers["Priority"] == "4" && headers["Tags"] == "alarm_clock")
        #expect(headers["Click"] == "https://app.example.com/applications")
        try named.check()
        let plain = request(.ntfy, url: "https://ntfy.example.org/jobs", message(.systemMessage, title: "Plain", message: ""))
        #expect(plain.headers.contains { $0.name == "Title" && $0.value == "Plain" } && text(plain) == "Plain")
        #expect(!plain.headers.contains { $0.name == "Click" || $0.name == "Authorization" })
        #expect(plain.headers.contains { $0.name == "Priority" && $0.value == "3" })
    }

    @Test("A long title comes as several encoded words beside each other, a long text cut between two characters")
    func long() throws {
        let long = request(
            .ntfy, url: "https://ntfy.example.org/jobs",
            message(title: String(repeating: "ö", count: 300), message: String(repeating: "€", count: 5000)))
        let title = try #require(long.headers.first { $0.name == "Title" }?.value)
        let words = title.split(separator: " ")
        #expect(words.count > 1 && words.allSatisfy { $0.hasPrefix("=?utf-8?B?") && $0.hasSuffix("?=") && $0.utf8.count <= 75 })
        let read = words.compactMap { Base64.decode(String($0.dropFirst(10).dropLast(2))) }
        #expect(read.count == words.count)
        let whole = String(decoding: read.joined(), as: UTF8.self)
        #expect(whole.hasSuffix("ö…") && whole.utf8.count <= 200)
        #expect(text(long).hasSuffix("€…") && text(long).utf8.count <= 3500 && text(long).utf8.count > 3490)
    }

    @Test(
        "Gotify gets JSON below its address, with the application's token", arguments: ["https://g.example.org", "https://g.example.org/"])
    func gotify(url: String) throws {
        let request = request(.gotify, url: url, token: "A1", message(.jobAlert))
        #expect(request.url == "https://g.example.org/message")
        #expect(request.headers.contains { $0.name == "X-Gotify-Key" && $0.value == "A1" })
        #expect(try JSONValue.parse(request.body ?? []) == ["title": "News", "message": "About news.", "priority": 5])
    }

    @Test("A test says that it is one")
    func test() throws {
        let body = try JSONValue.parse(PushMessage.test(Identifier(rowID: 4), at: Self.now).webhookBody)
        #expect(body["type"] == "notification.test" && body["data"]?["id"]?.string == Identifier(rowID: 4).description)
    }
}
