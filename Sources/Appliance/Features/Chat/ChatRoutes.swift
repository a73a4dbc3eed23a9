import Platform

/// `/api/v1/chat/`: sessions, their messages, and questions to the assistant.
struct ChatRoutes: Sendable {
    let database: Database
    let assistant: Assistant
    let moderation: Moderation
    let queue: WorkQueue
    let streams: ChatStreams
    /// Read at each question, so that a reload takes effect with the next one.
    let worksInline: @Sendable () -> Bool

    var routes: [Route] { sessionRoutes + assistantRoutes + streamRoutes }

    private var sessionRoutes: [Route] {
        let sessions = "/api/v1/chat/sessions/"
        return [
            .get("/api/v1/chat/", summary: "The chat resources.", handler: root)
                .returns(200, .object([JSONSchema.Member("sessions", .text(format: "uri"))])),
            .get(sessions, summary: "Your sessions, newest talk first.", handler: list)
                .asks(.page, .pageSize(10, maximum: 100)).returns(200, .page(of: ChatDocs.listItem)),
            .post(sessions, summary: "Start a session.", handler: create)
                .takes(ChatDocs.title).returns(201, ChatDocs.session),
            .get(sessions + "{id}/", summary: "A session with its messages.", handler: detail).returns(200, ChatDocs.session),
            .put(sessions + "{id}/", summary: "Rename a session.", handler: rename)
                .takes(ChatDocs.title).returns(200, ChatDocs.session),
            .patch(sessions + "{id}/", summary: "Rename a session.", handler: rename)
                .takes(ChatDocs.title).returns(200, ChatDocs.session),
            .delete(sessions + "{id}/", summary: "Delete a session.", handler: delete).returns(204, nil),
            .get(sessions + "{id}/messages/", summary: "A session's messages, page by page.", handler: messages)
                .asks(.page, .pageSize(20, maximum: 100)).returns(200, .page(of: ChatDocs.message)),
        ]
    }

    private var assistantRoutes: [Route] {
        let routes: [Route] = [
            Route(
                method: "POST", pattern: "/api/v1/chat/send/", idempotent: true, summary: "Ask the assistant.",
                produces: Self.turnOrEvents, handler: send
            )
            .takes(ChatDocs.question("content")).returns(200, ChatDocs.turn, ChatDocs.turnOrEvents).mayGetNoAnswer()
            .returns(404, .object([JSONSchema.Member("error", .text)]), "There is no such session of yours."),
            .post(
                "/api/v1/chat/chat/", idempotent: true, summary: "Ask the assistant, who answers in the background.", handler: chat
            )
            .takes(ChatDocs.question("message_text"))
            .returns(201, ChatDocs.ordered(isInline: true), "The answer is in the session already.")
            .returns(202, ChatDocs.ordered(isInline: false), "The answer will be in the session; the task tells when.")
            .returns(404, .object([JSONSchema.Member("detail", .text)]), "There is no such session of yours."),
            .post("/api/v1/chat/advice/", idempotent: true, summary: "Advice on one matter.", handler: advice)
                .takes(ChatDocs.adviceQuestion).returns(200, ChatDocs.advice).mayGetNoAnswer(),
        ]
        return routes.map { $0.counted(as: .assistant) }
    }

    // MARK: Sessions

    @Sendable private func root(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { $0.object { $0.field("sessions", request.absoluteURL("/api/v1/chat/sessions/")) } }
    }

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let page = try Page(request, size: .sessions)
        return try await database.readPatiently { reader in
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
        return try await database.readPatiently { reader in
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
        let question = try Self.question(in: request, field: "content")
        guard !Self.wantsEvents(request) else {
            return try events(of: try await streams.begin(question, of: caller.owner).stream, for: caller, after: nil)
        }
        let outcome = try await turn(of: caller.owner).run(question)
        return Self.turn(outcome.session.id, outcome.question, outcome.answer)
    }

    static func turn(_ session: Identifier, _ question: ChatMessage, _ answer: ChatMessage) -> HTTPAnswer {
        .json { writer in
            writer.object { writer in
                writer.field("session_id", session)
                writer.key("user_message")
                question.write(into: &writer)
                writer.key("assistant_message")
                answer.write(into: &writer)
            }
        }
    }

    /// Stores the question and orders its answer in one transaction: neither is ever there without the other.
    @Sendable private func chat(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let question = try Self.question(in: request, field: "message_text")
        try await turn(of: owner).admit(question)
        let (session, message, task) = try await database.write { transaction in
            let missing = HTTPError.noMatch(model: "ChatSession")
            let stored = try ChatTurn.store(question, of: owner, title: "New Chat", otherwise: missing, in: transaction)
            stored.tell(transaction)
            // A repeat finds the item of the first try, also when that is done.
            let message = stored.question
            let known = try WorkTable.newest(kind: ChatWork.kind, uniqueKey: message.id.description, in: transaction)
            return (stored.session, message, try known ?? transaction.enqueue(ChatWork.order(message, of: owner)))
        }
        let isInline = worksInline()
        if isInline { await queue.attempted(task) }
        return .json(isInline ? 201 : 202) { writer in
            writer.object { writer in
                if !isInline { writer.field("task_id", task) }
                writer.field("session_id", session.id)
                writer.key("user_message")
                message.write(into: &writer)
                writer.field("detail", isInline ? "Message sent successfully" : "AI is processing your message...")
            }
        }
    }

    @Sendable private func advice(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        var body = try BodyReader(request.json())
        let kind = body.text("advice_type", max: 50)
        let context = body.optionalText("context", max: ChatMessage.longestContent) ?? ""
        try body.finish()
        let turn = turn(of: owner)
        try await turn.admit(ChatTurn.Question(content: context))
        let known = AdviceKind(rawValue: kind.lowercased()) ?? .general
        let reply: AssistantReply
        do {
            reply = try await turn.released { () async throws(AssistantFailure) in
                try await assistant.advise(kind: known, context: context, owner: owner)
            }
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

    private func turn(of owner: Owner) -> ChatTurn {
        ChatTurn(database: database, assistant: assistant, moderation: moderation, owner: owner)
    }

    private static func question(in request: HTTPRequest, field: String) throws -> ChatTurn.Question {
        var body = try BodyReader(request.json())
        let content = body.text(field, max: ChatMessage.longestContent)
        let sessionID = body.optionalIdentifier("session_id")
        try body.finish()
        return ChatTurn.Question(content: content, sessionID: sessionID, requestKey: request.headers["Idempotency-Key"])
    }

    static func sessionID(of request: HTTPRequest) throws -> Identifier {
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
