import TestSupport

/// A connection that carries one request after the other, as a browser's does, and is opened anew when the server ends it.
final class KeptConnection {
    private let port: Int
    private var client: TestClient?
    /// Requests after which the server ended it.
    private(set) var ended = 0

    init(port: Int) { self.port = port }

    func request(
        _ method: String, _ target: String, token: String? = nil, body: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var all = headers
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil, !headers.contains(where: { $0.0 == "Content-Type" }) { all.append(("Content-Type", "application/json")) }
        let client = try self.client ?? TestClient(port: port, timeoutMilliseconds: 20_000)
        self.client = nil
        let answer = try await client.request(method, target, headers: all, body: body)
        if answer["Connection"] == "close" { ended += 1 } else { self.client = client }
        return answer
    }
}
