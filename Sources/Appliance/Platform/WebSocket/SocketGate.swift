/// Stands before the upgrade: what a request must be, and who must send it, to become a WebSocket.
///
/// It runs inside the dispatcher, after the route is found, so that a refusal is an HTTP answer like any other, with
/// its line in the log, and is sent at once.
struct SocketGate: Sendable {
    let registry: SocketRegistry
    let limits: SocketLimits
    let authenticator: any Authenticator
    let limiter: RateLimiter?

    /// Whether a page of another origin is asking. A program that is no browser sends no origin.
    static func checkOrigin(_ request: HTTPRequest, allowed: [String]) throws(HTTPError) {
        guard let origin = request.headers["origin"] else { return }
        guard CrossOrigin.allowed(origin, by: allowed) == nil, !ASCIIText.equalIgnoringCase(origin, request.absoluteURL("")) else { return }
        let own = (request.isSecure ? "https://" : "http://") + request.host
        guard ASCIIText.equalIgnoringCase(origin, own) else { throw .forbidden }
    }

    /// The caller, or a 403: the contract has no 401 for handshakes.
    func caller(of request: HTTPRequest, access: Access) async throws -> Caller? {
        guard access != .anyone else { return nil }
        do {
            switch try SocketCredential.find(in: request) {
            case .token(let token): return try authenticator.caller(ofToken: token)
            case .ticket(let ticket): return try await authenticator.caller(ofTicket: ticket, for: request)
            case nil:
                guard access == .anyoneChecked else { throw HTTPError.notAuthenticated }
                return nil
            }
        } catch let fact as any HTTPFact where fact.status == 401 {
            throw SocketNotAuthenticated(reason: fact)
        }
    }

    /// The last steps: a place within the quotas, and the feature's own word.
    func open(_ handler: Route.SocketHandler, _ handshake: SocketHandshake, _ request: HTTPRequest, since mark: UInt64) async throws
        -> HTTPAnswer
    {
        let place = try registry.admit(caller: request.caller, address: request.client, since: mark)
        let session = try await handler(SocketRequest(request: request))
        var answer = HTTPAnswer(
            status: 101,
            headers: [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", handshake.accept)])
        if let chosen = SocketCredential.chosenProtocol(of: request.headers) { answer = answer.with("Sec-WebSocket-Protocol", chosen) }
        let client = RateLimiter.Client(request)
        answer.upgrade = SocketUpgrade(session: session, place: place, limits: limits) { [limiter] in
            limiter?.judge(.message, client)?.decision.isAdmitted ?? true
        }
        return answer
    }
}
