import Testing

@testable import Appliance
@testable import Platform

@Suite("Embedding provider", .timeLimit(.minutes(1)))
struct EmbeddingProviderTests {
    private let outbound = Outbound(clock: ManualClock(), random: SeededRandom(1))

    private func embed(_ texts: [String], _ url: String, dimension: Int = 3) async -> Result<[[Float]], ProviderFailure> {
        do throws(ProviderFailure) {
            return .success(try await EmbeddingProvider(outbound: outbound).embed(texts, dimension: dimension, settings: stubSettings(url)))
        } catch {
            return .failure(error)
        }
    }

    @Test("gives a vector for each text, in the order of the texts")
    func vectors() async throws {
        try await StubProvider.with(.embeddings(dimension: 3)) { provider, url in
            #expect(await embed(["one", "three"], url) == .success([[3, 0, 0], [5, 1, 0]]))
            let request = try #require(provider.requests.first)
            #expect(request.path == "/v1/embeddings")
            #expect(request.body == ["model": "wanted", "input": ["one", "three"]])
        }
    }

    @Test("asks nobody when there is no text")
    func nothing() async throws {
        try await StubProvider.with(.status(500)) { provider, url in
            #expect(await embed([], url) == .success([]))
            #expect(provider.requests.isEmpty)
        }
    }

    @Test("refuses a vector of another dimension")
    func dimension() async throws {
        try await StubProvider.with(.embeddings(dimension: 3)) { _, url in
            #expect(await embed(["a"], url, dimension: 4) == .failure(.failed(detail: "a vector has 3 dimensions and not 4")))
        }
    }

    @Test(
        "refuses an answer that does not fit the texts",
        arguments: [
            (#"{"data":[]}"#, "the answer has 0 vectors for 1 texts"), ("{}", "the answer has no data"),
            (#"{"error":{"message":"no"}}"#, "no"),
            (#"{"data":[{"index":1,"embedding":[1,2,3]}]}"#, "a vector of the answer has no text"),
            (#"{"data":[{"embedding":[1,2,"x"]}]}"#, "a vector has something other than numbers"),
            (#"{"data":[{"embedding":[1,2,1e300]}]}"#, "a vector has something other than numbers"),
            (#"{"data":[{}]}"#, "a vector has 0 dimensions and not 3"),
            ("[", "the answer is not JSON: Expecting value: line 1 column 2 (char 1)"),
        ])
    func wrong(body: String, reason: String) async throws {
        try await StubProvider.with(.raw(contentType: "application/json", body: body)) { _, url in
            #expect(await embed(["a"], url) == .failure(.failed(detail: reason)))
        }
    }

    @Test("an answer that does not come whole fails")
    func broken() async throws {
        try await StubProvider.with(.cutAfter([])) { _, url in
            guard case .failure(.failed) = await embed(["a"], url) else {
                Issue.record("half an answer taken for a whole one")
                return
            }
        }
    }
}
