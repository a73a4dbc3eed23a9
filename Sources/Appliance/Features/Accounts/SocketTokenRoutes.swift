import Platform

/// `/api/v1/chat/websocket-token/`: what a client opens its sockets with.
struct SocketTokenRoutes: Sendable {
    let tokens: Tokens
    let tickets: SocketTickets

    var routes: [Route] {
        [
            .post("/api/v1/chat/websocket-token/", body: .none, summary: "Get what opens a WebSocket.", handler: give)
                .returns(200, Self.answer)
        ]
    }

    private static let answer = JSONSchema.object([
        JSONSchema.Member("websocket_token", .text), JSONSchema.Member("user_id", .uuid), JSONSchema.Member("expires_in", .integer),
        JSONSchema.Member("ticket", .text), JSONSchema.Member("ticket_expires_in", .integer),
    ])

    /// The token for clients that know no better; the ticket for all others.
    @Sendable private func give(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let (token, ticket) = (tokens.access(for: caller), tickets.give(to: caller))
        return .json { writer in
            writer.object { writer in
                writer.field("websocket_token", token)
                writer.field("user_id", caller.accountID)
                writer.field("expires_in", tokens.accessSeconds)
                writer.field("ticket", ticket)
                writer.field("ticket_expires_in", SocketTickets.lifetimeSeconds)
            }
        }
    }
}
