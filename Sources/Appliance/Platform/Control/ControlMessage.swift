/// One command for a running server, over its control socket.
///
/// On the wire a request is one line of JSON, `{"command":…,"arguments":{…},"payload_bytes":n}`,
/// then n bytes of payload. The answer is a line of JSON for each step of
/// progress, `{"progress":{…}}`, and one last line: `{"result":{…}}` or
/// `{"error":{"message":…,"exit":n}}`.
package struct ControlRequest: Sendable {
    package let command: String
    package let arguments: JSONValue
    /// A file's content or a secret: what does not belong into arguments.
    package let payload: [UInt8]

    package init(command: String, arguments: JSONValue = .object(JSONObject([])), payload: [UInt8] = []) {
        self.command = command
        self.arguments = arguments
        self.payload = payload
    }
}

/// Why a command was not carried out, in words for the person at the terminal.
package struct CommandFailure: Error, Equatable {
    package let message: String
    /// The exit status of the process: 1 the command failed, 2 its input was wrong.
    package let exit: Int32

    package init(_ message: String, exit: Int32 = 1) {
        self.message = message
        self.exit = exit
    }
}

/// Carries out a command; the same one in the server and in a command line that holds the lock.
package typealias CommandHandler = @Sendable (ControlRequest, @escaping @Sendable (CommandProgress) -> Void) async throws -> JSONValue

/// How far a long command is.
package struct CommandProgress: Sendable, Equatable {
    package let step: String
    package let done: Int
    package let total: Int

    package init(step: String, done: Int, total: Int) {
        self.step = step
        self.done = done
        self.total = total
    }

    var json: JSONValue {
        .object(JSONObject([("step", .string(step)), ("done", .number("\(done)")), ("total", .number("\(total)"))]))
    }

    init?(_ json: JSONValue) {
        guard let step = json["step"]?.string, let done = json["done"]?.int, let total = json["total"]?.int else { return nil }
        self.init(step: step, done: done, total: total)
    }
}
