import Synchronization

/// The one door through which this process speaks HTTP to other machines.
///
/// Each request has separate time limits, a bound on its response and, unless
/// it says otherwise, the circuit breaker of its host or of one service there.
/// A response body is a stream that holds its sender back when it is not read,
/// and whose transfer stops when the reading task is cancelled or the stream is
/// dropped.
package final class Outbound: Sendable {
    package let clock: any PlatformClock
    private let random: any RandomSource
    private let loop: TransferLoop
    private let nextID = Atomic<UInt64>(0)
    let breakers = BreakerBoard()

    /// - Parameter maximumTransfers: by default somewhat more than the answers that may be written at once.
    package init(clock: any PlatformClock, random: any RandomSource, maximumTransfers: Int = 1280) {
        self.clock = clock
        self.random = random
        loop = TransferLoop(maximumTransfers: maximumTransfers)
    }

    deinit { loop.stop() }

    /// Cancels every transfer; later requests fail with `.cancelled`.
    package func stop() { loop.stop() }

    /// Sends a request and waits for the whole response.
    package func send(_ request: OutboundRequest, retry: RetryPolicy = .none) async throws(OutboundError) -> OutboundResponse {
        let stream = try await stream(request, retry: retry)
        return OutboundResponse(status: stream.status, headers: stream.headers, body: try await stream.body.collect())
    }

    /// Sends a request up to `retry.attempts` times, until a response comes that
    /// is not worth a repetition, and returns the last one. The total limit
    /// covers all attempts and the pauses between them.
    package func stream(_ request: OutboundRequest, retry: RetryPolicy) async throws(OutboundError) -> OutboundStream {
        let started = clock.now()
        var request = request
        let total = request.limits.total
        var attempt = 1
        while true {
            let result: Result<OutboundStream, OutboundError>
            do throws(OutboundError) { result = .success(try await stream(request)) } catch { result = .failure(error) }
            var retryAfter: Int?
            switch result {
            case .success(let response):
                guard retry.repeats(status: response.status) else { return response }
                retryAfter = RetryAfter.seconds(response.headers["retry-after"], now: clock.now())
            case .failure(let error):
                guard retry.repeats(error) else { throw error }
            }
            let spent = Int((clock.now().microseconds - started.microseconds) / 1000)
            guard
                let pause = retry.pause(
                    afterAttempt: attempt, retryAfterSeconds: retryAfter, remainingMilliseconds: total - spent, jitter: fraction())
            else { return try result.get() }
            do { try await clock.sleep(microseconds: Int64(pause) * 1000) } catch { throw .cancelled }
            attempt += 1
            request.limits.total = max(1, total - spent - pause)
        }
    }

    /// Sends a request once, and returns when the header of the response is there.
    package func stream(_ request: OutboundRequest) async throws(OutboundError) -> OutboundStream {
        let host = try OutboundTarget(request).host
        let service = request.breakerScope.isEmpty ? host : "\(host) \(request.breakerScope)"
        // The handler of a cancelled task also runs, but maybe after a fast host has answered.
        guard !Task.isCancelled else { throw .cancelled }
        let ended = try admit(request, service)
        let id = nextID.add(1, ordering: .relaxed).newValue
        let channel = ResponseChannel(resume: { [loop] in loop.resume(id) }, abort: { [loop] in loop.abort(id) })
        let lease = ResponseLease(channel, of: self)
        if let refusal = loop.start(TransferOrder(id: id, request: request, channel: channel, ended: ended)) {
            ended(nil, .cancelled)
            throw refusal
        }
        let head = try await channel.head().get()
        return OutboundStream(status: head.status, headers: head.headers, body: OutboundBody(lease: lease))
    }

    /// Asks the breaker of the host's service; what it returns must be told how the request ended.
    private func admit(_ request: OutboundRequest, _ service: String) throws(OutboundError) -> @Sendable (Int?, OutboundError?) -> Void {
        guard let settings = request.breaker else { return { _, _ in } }
        let ticket = try breakers.admit(service, settings, at: clock.now())
        return { [breakers, clock] status, error in
            breakers.record(CircuitBreaker.Outcome(status: status, error: error), of: service, settings, ticket: ticket, at: clock.now())
        }
    }

    /// A random number from 0 to 1, in 65 536 steps: enough to spread clients.
    private func fraction() -> Double {
        random.bytes(2).reduce(0) { $0 * 256 + Double($1) } / 65_535
    }
}
