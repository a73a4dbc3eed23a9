import Platform
import Testing

@testable import Appliance

@Suite("What a chat socket understands")
struct ChatCommandTests {
    private static let id = "0190f0a0-0000-7000-8000-000000000001"

    @Test(
        "Each command is read",
        arguments: [
            (#"{"type":"message","message":" Hello "}"#, ChatCommand.message("Hello")), (#"{"message":"Hello"}"#, .message("Hello")),
            (#"{"type":"typing","is_typing":true}"#, .typing(true)), (#"{"type":"typing"}"#, .typing(false)),
            (#"{"type":"typing","is_typing":"x"}"#, .typing(false)), (#"{"type":"regenerate"}"#, .regenerate),
        ])
    func read(text: String, command: ChatCommand) throws {
        #expect(try ChatCommand(text) == command)
    }

    @Test("Ids are read with and without dashes")
    func ids() throws {
        let id = try #require(Identifier(Self.id))
        #expect(try ChatCommand(#"{"type":"mark_read","message_id":"\#(Self.id)"}"#) == .markRead(id))
        #expect(try ChatCommand(#"{"type":"stream.stop","stream_id":"\#(id.hex)"}"#) == .stop(id))
        #expect(try ChatCommand(#"{"type":"stream.join","stream_id":"\#(id.hex)","after":7}"#) == .join(id, after: 7))
        #expect(try ChatCommand(#"{"type":"stream.join","stream_id":"\#(id.hex)"}"#) == .join(id, after: 0))
    }

    @Test(
        "What is wrong with one is said in the contract's words",
        arguments: [
            ("{", "Invalid JSON"), ("[1]", "Internal server error"), ("7", "Internal server error"),
            (#"{"message":7}"#, "Internal server error"), (#"{"message":null}"#, "Internal server error"),
            ("{}", "Message content required"), (#"{"message":" \n "}"#, "Message content required"),
            (#"{"type":"shout"}"#, "Unknown message type"), (#"{"type":5}"#, "Unknown message type"),
            (#"{"type":"mark_read"}"#, "Internal server error"), (#"{"type":"mark_read","message_id":"7"}"#, "Internal server error"),
            (#"{"type":"stream.stop","stream_id":7}"#, "There is no such stream in this session"),
            (#"{"type":"stream.join","after":-1}"#, "after: A valid integer is required."),
        ])
    func wrong(text: String, words: String) {
        #expect(throws: (any Error).self) { try ChatCommand(text) }
        do { _ = try ChatCommand(text) } catch { #expect(error.text == words) }
    }

    @Test("A message may be as long as over HTTP, and no longer")
    func long() throws {
        let longest = String(repeating: "é", count: ChatMessage.longestContent)
        #expect(try ChatCommand(#"{"message":"\#(longest)"}"#) == .message(longest))
        #expect(throws: ChatCommand.Refusal.invalid("Ensure this field has no more than 10000 characters.")) {
            try ChatCommand(#"{"message":"\#(longest)é"}"#)
        }
    }
}
