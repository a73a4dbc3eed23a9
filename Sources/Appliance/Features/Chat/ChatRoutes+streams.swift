import Platform

/// Answers that reach their reader while they are written, over Server-Sent Events; and what is done with such answers.
extension ChatRoutes {
    static let events = "text/event-stream"
    static let turnOrEvents = ["application/json", events]

    /// How long nothing may come before a reader is told that the connection lives.
    private static let quietMicroseconds: Int64 = 15_000_000

    var streamRoutes: [Route] {
        let (sessions, streams) = ("/api/v1/chat/sessions/{id}/", "/api/v1/chat/streams/{id}/")
        let after = Operation.Parameter(
            "after", .integer(0...Int(Int32.max)), "The number of the last piece that you have; the header Last-Event-ID says the same.")
        return [
            .get(streams, summary: "Follow an answer, or see how far it is.", produces: [Self.events, "application/json"], handler: follow)
                .asks(after).returns(200, ChatDocs.stream, "How far it is, as JSON; else its events.")
                .returns(200, .anything, as: [Self.events]),
            .post(streams + "stop/", body: .none, summary: "Stop an answer.", handler: stop).returns(200, ChatDocs.stopped),
            Route(
                method: "POST", pattern: sessions + "regenerate/", body: .none, summary: "Answer the last question anew.",
                produces: Self.turnOrEvents, handler: regenerate
            )
            .returns(200, ChatDocs.turn, ChatDocs.turnOrEvents).mayGetNoAnswer().counted(as: .assistant)
            .returns(400, .object([JSONSchema.Member("detail", .text)]), "There is no question in the session.")
            .returns(409, .object([JSONSchema.Member("detail", .text)]), "It is being answered already."),
        ]
    }

    /// Whether the answer's events are asked for, and not only accepted among anything else.
    static func wantsEvents(_ request: HTTPRequest) -> Bool { names(events, request) }

    private static func names(_ type: String, _ request: HTTPRequest) -> Bool {
        request.headers.all("accept").flatMap { $0.split(separator: ",") }.contains { MediaType($0).name == type }
    }

    // MARK: Handlers

    @Sendable private func follow(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let id = try Self.sessionID(of: request)
        if Self.names("application/json", request), !Self.wantsEvents(request) { return try snapshot(of: id, for: caller) }
        return try events(of: id, for: caller, after: Self.after(in: request))
    }

    @Sendable private func stop(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let id = try Self.sessionID(of: request)
        guard case .end(_, _, let ending, let message) = try await streams.stop(id, for: request.requireCaller()) else {
            throw Self.missing
        }
        return .json { writer in
            writer.object { writer in
                writer.field("stream_id", id)
                writer.field("state", ending.state)
                writer.key("message")
                if let message { message.write(into: &writer) } else { writer.null() }
            }
        }
    }

    @Sendable private func regenerate(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let begun = try await streams.regenerate(Self.sessionID(of: request), of: caller.owner)
        guard !Self.wantsEvents(request) else { return try events(of: begun.stream, for: caller, after: nil) }
        guard let reader = try streams.reader(of: begun.stream, for: caller, after: .max),
            case .end(_, _, let ending, let message) = await reader.end()
        else { throw Self.missing }
        if let message, ending.isAccepted { return Self.turn(begun.session.id, begun.question, message) }
        switch ending {
        case .failed(.assistant(let failure)): throw ChatError.noAnswer(failure, session: begun.session.id, message: begun.question)
        case .failed(.interrupted): throw ChatError.stopping
        // It was stopped before its first word, or nothing could be stored.
        case .failed, .done, .stopped: throw ChatError.noAnswer(.failed, session: begun.session.id, message: begun.question)
        }
    }

    private func snapshot(of id: Identifier, for caller: Caller) throws -> HTTPAnswer {
        guard let stream = try streams.current(id, of: caller.owner) else { throw Self.missing }
        return .json { writer in
            writer.object { writer in
                writer.field("stream_id", stream.id)
                writer.field("session_id", stream.session)
                writer.field("question_id", stream.question)
                writer.field("state", stream.ending?.state ?? "streaming")
                writer.field("error_code", stream.ending?.failure?.code)
                writer.field("sequence", stream.log.count)
                writer.field("text", stream.log.text)
                writer.key("message")
                if let message = stream.message { message.write(into: &writer) } else { writer.null() }
            }
        }
    }

    // MARK: Events

    /// The answer whose body are the events of a stream, from behind the piece `after`.
    func events(of id: Identifier, for caller: Caller, after: Int?) throws -> HTTPAnswer {
        guard let reader = try streams.reader(of: id, for: caller, after: after) else { throw Self.missing }
        let body = HTTPBodyStream { writer in
            while true {
                switch await reader.next(patience: Self.quietMicroseconds) {
                case .frames(let frames):
                    try await writer.write(frames.reduce(into: []) { $0 += $1.event })
                    if frames.last?.isEnd == true { return }
                case .quiet: try await writer.write(": \n\n")
                case .over: return
                }
            }
        }
        // A proxy that gathers answers would hold the pieces back.
        return .stream(body, type: Self.events).with("X-Accel-Buffering", "no")
    }

    /// The query's number, or the header's, which a browser sends by itself after a cut.
    private static func after(in request: HTTPRequest) throws -> Int? {
        guard let text = request.query("after") ?? request.headers["last-event-id"], !text.isEmpty else { return nil }
        guard let number = Int(text), 0...Int(Int32.max) ~= number else {
            throw ValidationErrors("after", "A valid integer is required.")
        }
        return number
    }

    private static let missing = HTTPError.noMatch(model: "ChatStream")
}
