import Platform

/// A server with one WebSocket that sends back what it gets: what the Autobahn cases ask of whoever they try.
///
/// It is the product's own HTTP server, upgrade, frames and limits. With `--wide` the limits of size are those of the
/// largest case. It prints its port, and runs until its input ends.
@main
struct SocketEcho {
    static func main() async throws {
        var limits = SocketLimits()
        limits.pingsPerMinute = 100_000
        if CommandLine.arguments.contains("--wide") {
            limits.message = 16 << 20
            limits.fragments = 1 << 20
            limits.outbound = 64 << 20
        }
        let route = Route.socket("/", access: .anyone, summary: "Echo") { _ in Echo() }
        let dispatcher = try Dispatcher(
            routes: [route], authenticator: Nobody(), settings: HTTPSettings(HTTPSettings.Values(allowedOrigins: ["*"])),
            log: Log(level: .error, format: .text) { _ in }, sockets: SocketRegistry(SocketRegistry.Quotas(isEnabled: false)),
            socketLimits: limits)
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0), dispatcher: dispatcher)
        print(try await server.start())
        // Standard output is a pipe, which Swift would not flush by itself.
        flushOutput()
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                while readLine() != nil {}
                continuation.resume()
            }
        }
        await server.stop(drainSeconds: 0)
    }
}

private struct Echo: SocketSession {
    func opened(_ socket: WebSocketConnection) async {}
    func received(_ text: String, _ socket: WebSocketConnection) async { socket.send(text) }
    func received(binary: [UInt8], _ socket: WebSocketConnection) async { socket.send(binary: binary) }
    func closed(_ code: UInt16) async {}
}

private struct Nobody: Authenticator {
    func caller(ofToken token: String) throws -> Caller { throw HTTPError.notAuthenticated }
}
