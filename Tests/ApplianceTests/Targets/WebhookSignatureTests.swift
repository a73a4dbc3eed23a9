import Platform
import Testing

@testable import Appliance

/// HMAC-SHA256 as RFC 2104 defines it, written once more, so that what signs is not what checks.
enum PlainHMAC {
    static func tag(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let block = key + [UInt8](repeating: 0, count: 64 - key.count)
        return SHA256.hash(block.map { $0 ^ 0x5C } + SHA256.hash(block.map { $0 ^ 0x36 } + message))
    }

    /// What a receiver that holds a secret in its text form expects in `webhook-signature`.
    static func signature(_ secret: String, id: String, timestamp: String, body: [UInt8]) -> String? {
        guard secret.hasPrefix("whsec_"), let key = Base64.decode(String(secret.dropFirst(6))) else { return nil }
        return "v1," + Base64.encode(tag(key, Array("\(id).\(timestamp).".utf8) + body))
    }
}

@Suite("Signatures of webhooks")
struct WebhookSignatureTests {
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    private static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private static let moment = Timestamp(seconds: 1_614_265_330)

    @Test("The specification's own example comes out as it is published")
    func example() throws {
        let secret = try #require(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let headers = WebhookSignature(id: Self.id, at: Self.moment, body: Self.body, secrets: [secret]).headers
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers.map(\.value) == [Self.id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="])
        let own = PlainHMAC.signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: Self.id, timestamp: "1614265330", body: Self.body)
        #expect(headers.last?.value == own)
    }

    @Test("Two secrets give two signatures, the newest first, and the old one is silent after its day")
    func rotation() throws {
        let random = SeededRandom(7)
        var keys = TargetKeys.webhook(random: random)
        let first = try #require(keys.secret)
        #expect(first.count == 32 && keys.signing(at: Self.moment) == [first])
        keys.rotate(at: Self.moment, random: random)
        let second = try #require(keys.secret)
        let lastMoment = Self.moment.adding(seconds: TargetKeys.overlapSeconds - 1)
        #expect(first != second && keys.signing(at: lastMoment) == [second, first])
        #expect(keys.signing(at: lastMoment.adding(seconds: 1)) == [second])
        let value = WebhookSignature(id: Self.id, at: Self.moment, body: Self.body, secrets: keys.signing(at: lastMoment)).headers[2].value
        let expected = [second, first].map {
            PlainHMAC.signature(WebhookSignature.text(ofSecret: $0), id: Self.id, timestamp: "1614265330", body: Self.body) ?? ""
        }
        #expect(value.split(separator: " ").map(String.init) == expected)
        keys.rotate(at: Self.moment, random: random)
        #expect(!keys.signing(at: Self.moment).contains(first), "two are the most that sign")
    }

    @Test("An id is the same for each attempt, and another for another target")
    func ids() {
        let (one, other, news) = (Identifier(rowID: 1), Identifier(rowID: 2), Identifier(rowID: 3))
        let id = WebhookSignature.id(of: news, to: one)
        #expect(id == WebhookSignature.id(of: news, to: one) && id.hasPrefix("msg_") && id.utf8.count == 36)
        #expect(id != WebhookSignature.id(of: news, to: other) && id != WebhookSignature.id(of: one, to: news))
    }
}
