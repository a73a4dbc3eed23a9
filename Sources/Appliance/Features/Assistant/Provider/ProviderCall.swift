import Platform

/// The part of a provider request that chat, embeddings and moderation share:
/// address, key, repetitions, and the reading of a refusal.
struct ProviderCall: Sendable {
    let outbound: Outbound
    let settings: ProviderSettings
    /// Whether a failure may repeat the provider's own words. A refusal can quote the text that was sent, which
    /// must not reach the log where the text is what nobody should read.
    var quotesProvider = true

    /// Sends the body and returns the response if its status is 200. Nothing of
    /// an answer has been read when a request is repeated, so nothing is said twice.
    func post(_ path: String, _ body: [UInt8], accept: String) async throws(ProviderFailure) -> OutboundStream {
        var base = settings.baseURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        var headers = [(name: "Content-Type", value: "application/json"), (name: "Accept", value: accept)]
        if let key = settings.apiKey { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        let request = OutboundRequest(
            method: "POST", url: base + path, headers: headers, body: body, limits: settings.limits, breaker: settings.breaker,
            // One address may serve several purposes, by models of which one can be down.
            breakerScope: path)
        let stream: OutboundStream
        do throws(OutboundError) {
            stream = try await outbound.stream(request, retry: RetryPolicy(attempts: settings.attempts))
        } catch {
            throw ProviderFailure(error)
        }
        guard stream.status == 200 else { throw .failed(detail: await refusal(stream)) }
        return stream
    }

    /// The status, and what the provider says about it as far as that can be had.
    private func refusal(_ stream: OutboundStream) async -> String {
        let status = "the provider answered \(stream.status)"
        var body: [UInt8] = []
        var pieces = stream.body.makeAsyncIterator()
        do throws(OutboundError) {
            while body.count < 16 << 10, let piece = try await pieces.next() { body += piece }
        } catch {
            return status
        }
        guard quotesProvider, let json = try? JSONValue.parse(body), let message = Self.message(in: json) else { return status }
        return "\(status): \(presentable(message))"
    }

    /// The error that a provider reports in a body: `{"error":{"message":…}}`, or the shorter form of some.
    static func message(in json: JSONValue) -> String? {
        json["error"]?["message"]?.string ?? json["error"]?.string
    }

    /// A provider's own words, fit for one line of a log: short, without control characters, without the key.
    func presentable(_ text: String) -> String {
        var line = String(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
        if let key = settings.apiKey, !key.isEmpty { line = Self.replacing(key, in: line) }
        return String(line.prefix(300))
    }

    private static func replacing(_ secret: String, in text: String) -> String {
        var kept = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix(secret) {
                kept += "[key]"
                rest = rest.dropFirst(secret.count)
            } else {
                kept.append(rest.removeFirst())
            }
        }
        return kept
    }
}

extension OutboundBody {
    /// The whole body as JSON.
    func json() async throws(ProviderFailure) -> JSONValue {
        let bytes: [UInt8]
        do throws(OutboundError) { bytes = try await collect() } catch { throw ProviderFailure(error) }
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
            throw .failed(detail: "the answer is not JSON: \(error.reason)")
        }
    }
}
