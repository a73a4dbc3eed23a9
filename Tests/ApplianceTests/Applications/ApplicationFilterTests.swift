import Platform
import Testing

@testable import Appliance

@Suite struct ApplicationFilterTests {
    private func filter(company: String? = nil, words: [String] = []) -> ApplicationFilter {
        var filter = ApplicationFilter()
        (filter.company, filter.words) = (company, words)
        return filter
    }

    @Test(
        "A text is found wherever it stands, without regard to case",
        arguments: [
            ("loaf", true), ("l", true), ("oa", true), ("f & co", true), ("loaf & co.", true), ("loaf & co..", false), ("x", false),
            ("straße", true), ("loaf&", false), ("é", false),
        ])
    func company(text: String, isFound: Bool) {
        #expect(filter(company: text).matches(title: "", company: "LOAF & Co., STRAßE", notes: []) == isFound)
    }

    @Test("Each word has to stand in one of the texts")
    func words() {
        func matches(_ words: [String]) -> Bool {
            filter(words: words).matches(title: "Head Baker", company: "Loaf", notes: ["", "Ask Ms Ö"])
        }
        #expect(matches([]) && matches(["baker"]) && matches(["loaf", "head"]) && matches(["ö", "ask", "ker"]))
        #expect(!matches(["baker", "cook"]) && !matches(["bakerloaf"]) && !matches(["headbaker"]))
        #expect(!filter(company: "cook", words: ["baker"]).matches(title: "Baker", company: "Loaf", notes: []))
    }

    @Test(
        "A day begins and ends at midnight UTC",
        arguments: ["2026-03-01T00:00:00Z", "2026-03-01T12:30:00.5Z", "2026-03-01T23:59:59.999999Z"])
    func days(text: String) throws {
        let time = try #require(Timestamp(iso: text))
        #expect(ApplicationDay.start(of: time).iso == "2026-03-01T00:00:00Z")
        #expect(ApplicationDay.end(of: time).iso == "2026-03-02T00:00:00Z")
    }
}
