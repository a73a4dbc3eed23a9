import Platform

/// `/api/v1/chat/`: sessions, their messages, and questions to the assistant.
struct ChatRoutes: Sendable {
    let database: Database
    let assistant: Assistant
    let moderation: Moderation

    var routes: [Route] {
        [
            .get("/api/v1/chat/", access: .account, summary: "The chat resources.", handler: root),
            .get("/api/v1/chat/sessions/", access: .account, summary: "Your sessions, newest talk first.", handler: list),
            .post("/api/v1/chat/sessions/", access: .account, summary: "Start a session.", handler: create),
            .get("/api/v1/chat/sessions/{id}/", access: .account, summary: "A session with its messages.", handler: detail),
            .put("/api/v1/chat/sessions/{id}/", access: .account, summary: "Rename a session.", handler: rename),
            .patch("/api/v1/chat/sessions/{id}/", access: .account, summary: "Rename a session.", handler: rename),
            .delete("/api/v1/chat/sessions/{id}/", access: .account, summary: "Delete a session.", handler: delete),
            .get(
                "/api/v1/chat/sessions/{id}/messages/", access: .account, summary: "A session's messages, page by page.", handler: messages),
            .post("/api/v1/chat/send/", access: .account, idempotent: true, summary: "Ask the assistant.", handler: send),
            .post("/api/v1/chat/advice/", access: .account, idempotent: true, summary: "Advice on one matter.", handler: advice),
        ]
    }

    // MARK: Sessions

    @Sendable private func root(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { $0.object { $0.field("sessions", request.absoluteURL("/api/v1/chat/sessions/")) } }
    }

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let page = try Page(request, size: .sessions)
        return try database.read { reader in
            let count = try ChatStore.sessionCount(of: owner, in: reader)
            let offset = try page.offset(count: count)
            let sessions = try ChatStore.sessions(of: owner, limit: page.size, offset: offset, in: reader)
            return try page.envelope(request, count: count) { writer in
                for session in sessions { session.writeListItem(into: &writer) }
            }
        }
    }

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let title = try Self.title(of: request)
        let session = try await database.write { try ChatStore.createSession(caller.owner, title: title, in: $0) }
        return .json(201) { session.writeDetail(user: caller.accountID, messages: [], into: &$0) }
    }

    @Sendable private func detail(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let id = try Self.sessionID(of: request)
        let found = try database.read { try ChatStore.session(id, of: caller.owner, in: $0) }
        guard let session = found else { throw HTTPError.noMatch(model: "ChatSession") }
        let messages = try await database.scan { try ChatStore.messages(of: session, limit: .max, in: $0) }
        return .json { session.writeDetail(user: caller.accountID, messages: messages, into: &$0) }
    }

    @Sendable private func rename(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let id = try Self.sessionID(of: request)
        guard try database.read({ try ChatStore.session(id, of: caller.owner, in: $0) }) != nil else {
            throw HTTPError.noMatch(model: "ChatSession")
        }
        // A PATCH without a title changes nothing, and says what there is.
        if request.method == "PATCH", try request.json()["title"] == nil { return try await detail(request) }
        let title = try Self.title(of: request)
        let renamed = try await database.write { transaction -> (ChatSession, [ChatMessage])? in
            guard let session = try ChatStore.rename(id, of: caller.owner, to: title, in: transaction) else { return nil }
            return (session, try ChatStore.messages(of: session, limit: .max, in: transaction))
        }
        guard let (session, messages) = renamed else { throw HTTPError.noMatch(model: "ChatSession") }
        return .json { session.writeDetail(user: caller.accountID, messages: messages, into: &$0) }
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.sessionID(of: request)
        guard try await database.write({ try ChatStore.deleteSession(id, of: owner, in: $0) }) else {
            throw HTTPError.noMatch(model: "ChatSession")
        }
        return .empty()
    }

    @Sendable private func messages(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.sessionID(of: request)
        let page = try Page(request, size: .client(standard: 20, maximum: 100))
        return try database.read { reader in
            guard let session = try ChatStore.session(id, of: owner, in: reader) else { throw HTTPError.noMatch(model: "ChatSession") }
            let offset = try page.offset(count: session.messageCount)
            let messages = try ChatStore.messages(of: session, limit: page.size, offset: offset, in: reader)
            return try page.envelope(request, count: session.messageCount) { writer in
                for message in messages { message.write(into: &writer) }
            }
        }
    }

    // MARK: The assistant

    @Sendable private func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        var body = try BodyReader(request.json())
        let content = body.text("content", max: ChatMessage.longestContent)
        let sessionID = body.optionalIdentifier("session_id")
        try body.finish()
        let turn = ChatTurn(database: database, assistant: assistant, moderation: moderation, caller: caller)
        let outcome = try await turn.run(content: content, sessionID: sessionID, requestKey: request.headers["Idempotency-Key"])
        return .json { writer in
            writer.object { writer in
                writer.field("session_id", outcome.session.id)
                writer.key("user_message")
                outcome.question.write(into: &writer)
                writer.key("assistant_message")
                outcome.answer.write(into: &writer)
            }
        }
    }

    @Sendable private func advice(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        var body = try BodyReader(request.json())
        let kind = body.text("advice_type", max: 50)
        let context = body.optionalText("context", max: ChatMessage.longestContent) ?? ""
        try body.finish()
        try await moderation.admit(context, from: caller.owner)
        let reply: AssistantReply
        do {
            let advice = try await assistant.advise(
                kind: AdviceKind(rawValue: kind.lowercased()) ?? .general, context: context, caller: caller)
            reply = try await moderation.release(advice, to: caller.owner)
        } catch {
            throw AdviceError(failure: error)
        }
        return .json { writer in
            writer.object { writer in
                writer.field("advice_type", kind)
                writer.field("advice", reply.text)
                writer.field("metadata", reply.metadata)
            }
        }
    }

    // MARK: Parts of requests

    private static func sessionID(of request: HTTPRequest) throws -> Identifier {
        guard let id = Identifier(request.parameters["id"] ?? "") else { throw HTTPError.notFound }
        return id
    }

    /// The title of a create or rename: absent, null and blank all mean none.
    private static func title(of request: HTTPRequest) throws -> String? {
        var body = try BodyReader(request.json())
        let title = body.optionalText("title", max: ChatSession.longestTitle)
        try body.finish()
        return title?.isEmpty == true ? nil : title
    }
}

/// Advice that the model did not give.
struct AdviceError: HTTPFact {
    let failure: AssistantFailure

    var status: Int { failure.status }
    var headers: [(name: String, value: String)] { failure.headers }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("detail", failure.detail(advising: "Please try again"))
            writer.field("error_code", failure.code)
        }
    }
}
