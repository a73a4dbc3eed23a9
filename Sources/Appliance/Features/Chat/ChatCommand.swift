import Platform

/// What a client says over a chat socket, read from its text.
enum ChatCommand: Sendable, Equatable {
    case message(String)
    case typing(Bool)
    case markRead(Identifier)
    /// Answer the last question anew.
    case regenerate
    case stop(Identifier)
    /// Give again what stands behind a piece of an answer.
    case join(Identifier, after: Int)

    /// What is wrong with one, in the words of the contract where it has some.
    enum Refusal: Error, Equatable {
        case notJSON, noContent, unknownType, noStream
        /// The original server says this to whatever it did not expect.
        case failed
        case invalid(String)

        var text: String {
            switch self {
            case .notJSON: "Invalid JSON"
            case .noContent: "Message content required"
            case .unknownType: "Unknown message type"
            case .noStream: "There is no such stream in this session"
            case .failed: "Internal server error"
            case .invalid(let text): text
            }
        }
    }

    init(_ text: String) throws(Refusal) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue.parse(Array(text.utf8)) } catch { throw .notJSON }
        guard json.object != nil else { throw .failed }
        switch json["type"] ?? "message" {
        case "message": self = .message(try Self.content(of: json))
        case "typing": self = .typing(json["is_typing"]?.bool ?? false)
        case "mark_read": self = .markRead(try Self.identifier(json["message_id"], otherwise: .failed))
        case "regenerate": self = .regenerate
        case "stream.stop": self = .stop(try Self.identifier(json["stream_id"], otherwise: .noStream))
        case "stream.join":
            let after = json["after"] ?? 0
            guard let number = after.int, 0...Int(Int32.max) ~= number else { throw .invalid("after: A valid integer is required.") }
            self = .join(try Self.identifier(json["stream_id"], otherwise: .noStream), after: number)
        default: throw .unknownType
        }
    }

    /// As `chat/send/` reads it: trimmed, and no longer than a message may be.
    private static func content(of json: JSONValue) throws(Refusal) -> String {
        guard let value = json["message"] else { throw .noContent }
        guard value.string != nil else { throw .failed }
        do {
            var body = BodyReader(json)
            let content = body.text("message", max: ChatMessage.longestContent, blank: true)
            try body.finish()
            guard !content.isEmpty else { throw Refusal.noContent }
            return content
        } catch let error as ValidationErrors {
            throw .invalid(error["message"].first ?? Refusal.failed.text)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .failed
        }
    }

    private static func identifier(_ json: JSONValue?, otherwise refusal: Refusal) throws(Refusal) -> Identifier {
        guard let id = json?.string.flatMap({ Identifier($0) }) else { throw refusal }
        return id
    }
}
