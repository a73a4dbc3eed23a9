import TestSupport
import Testing

@testable import Platform

@Suite("Outbound repetitions", .timeLimit(.minutes(1)))
struct OutboundRetryTests {
    private let clock = ManualClock()
    private let outbound: Outbound

    init() { outbound = Outbound(clock: clock, random: SeededRandom(1)) }

    /// A server that answers with these statuses in turn, then 200.
    private func script(_ statuses: [Int], retryAfter: String? = nil) -> LoopbackServer.Script {
        let left = LockedList(statuses)
        return { connection, _ in
            let status = left.next() ?? 200
            connection.respond(status, status == 200 ? [:] : retryAfter.map { ["Retry-After": $0] } ?? [:], "body")
        }
    }

    @Test("asks again after a pause, until the answer is good")
    func again() async throws {
        try await LoopbackServer.with(script([503, 500])) { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            async let response = outbound.send(request, retry: RetryPolicy(attempts: 3))
            for _ in 0..<2 {
                await clock.untilSleeping()
                clock.advance(seconds: 8)
            }
            let status = try await response.status
            #expect(status == 200)
            #expect(server.requests.count == 3)
        }
    }

    @Test("waits as long as Retry-After says")
    func retryAfter() async throws {
        try await LoopbackServer.with(script([429], retryAfter: "20")) { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            async let response = outbound.send(request, retry: RetryPolicy(attempts: 2))
            await clock.untilSleeping()
            clock.advance(seconds: 19)
            #expect(clock.sleeperCount == 1)
            clock.advance(seconds: 1)
            let status = try await response.status
            #expect(status == 200)
        }
    }

    @Test("returns the refusal when the attempts, or the time, are used up")
    func givesUp() async throws {
        try await LoopbackServer.with(script([503, 503], retryAfter: "60")) { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits(total: 50_000))
            let patient = try await outbound.send(request, retry: RetryPolicy(attempts: 9))
            #expect(patient.status == 503)
            #expect(server.requests.count == 1)
            let once = try await outbound.send(request)
            #expect(once.status == 503)
            #expect(server.requests.count == 2)
        }
    }

    @Test("the time of all attempts counts towards the total limit")
    func totalOfAll() async throws {
        try await LoopbackServer.with(script([503, 503, 503], retryAfter: "20")) { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits(total: 50_000))
            async let response = outbound.send(request, retry: RetryPolicy(attempts: 9))
            for _ in 0..<2 {
                await clock.untilSleeping()
                clock.advance(seconds: 20)
            }
            let status = try await response.status
            #expect(status == 503)
            #expect(server.requests.count == 3)
        }
    }

    @Test("asks again when there was no connection, and reports the last error")
    func noConnection() async throws {
        let request = OutboundRequest(url: "http://127.0.0.1:\(closedPort())/", limits: wideLimits())
        let task = Task { [outbound] in try await outbound.send(request, retry: RetryPolicy(attempts: 2)).status }
        await clock.untilSleeping()
        clock.advance(seconds: 1)
        await #expect(throws: OutboundError.self) { try await task.value }
        #expect(outbound.breakers.state(of: request.url.dropFirst(7).dropLast().description) == .closed(failuresInRow: 2))
    }

    @Test("does not ask again what may have been carried out")
    func notAgain() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.close()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            await #expect(throws: OutboundError.self) { try await outbound.send(request, retry: RetryPolicy(attempts: 3)) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a pause ends when the task is cancelled")
    func cancelledPause() async throws {
        try await LoopbackServer.with(script([503])) { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            let task = Task { [outbound] in try await outbound.send(request, retry: RetryPolicy(attempts: 2)).status }
            await clock.untilSleeping()
            task.cancel()
            await #expect(throws: OutboundError.cancelled) { try await task.value }
        }
    }
}
