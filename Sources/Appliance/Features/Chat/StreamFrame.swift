import Platform

/// One thing that a reader of a stream is told. The same JSON goes to sockets and, as the data of an event, over
/// Server-Sent Events.
///
/// The beginning has the number 0, pieces count from 1, and the end has the number behind the last piece. A piece says
/// which number it follows (`after`): a reader that was away, or is slow, gets several as one. Who meets a beginning
/// starts with an empty text; who meets a piece whose number it has already passes over it; and the end's `message`,
/// where there is one, is what the session keeps.
enum StreamFrame: Sendable, Equatable {
    case start(stream: Identifier, session: Identifier, question: Identifier)
    case delta(stream: Identifier, after: Int, number: Int, String)
    case end(stream: Identifier, number: Int, StreamEnding, ChatMessage?)

    var type: String {
        switch self {
        case .start: "stream.start"
        case .delta: "stream.delta"
        case .end(_, _, .done, _): "stream.end"
        case .end(_, _, .stopped, _): "stream.stopped"
        case .end(_, _, .failed, _): "stream.error"
        }
    }

    var number: Int {
        switch self {
        case .start: 0
        case .delta(_, _, let number, _), .end(_, let number, _, _): number
        }
    }

    var isEnd: Bool {
        if case .end = self { true } else { false }
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.object { writer in
            writer.field("type", type)
            switch self {
            case .start(let stream, let session, let question):
                writer.field("stream_id", stream)
                writer.field("sequence", 0)
                writer.field("session_id", session)
                writer.field("question_id", question)
            case .delta(let stream, let after, let number, let text):
                writer.field("stream_id", stream)
                writer.field("sequence", number)
                writer.field("after", after)
                writer.field("delta", text)
            case .end(let stream, let number, let ending, let message):
                writer.field("stream_id", stream)
                writer.field("sequence", number)
                if let failure = ending.failure {
                    writer.field("error_code", failure.code)
                    writer.field("detail", failure.detail)
                }
                writer.key("message")
                if let message { message.write(into: &writer) } else { writer.null() }
            }
        }
        return writer.bytes
    }

    /// The form of `text/event-stream`. JSON has no line breaks of its own, so one data line holds it.
    var event: [UInt8] {
        var bytes = Array("event: \(type)\nid: \(number)\ndata: ".utf8)
        bytes += json
        bytes += [UInt8(ascii: "\n"), UInt8(ascii: "\n")]
        return bytes
    }
}
