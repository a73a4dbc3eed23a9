import Glibc

/// Sends one command to the server that holds the data directory.
package enum ControlClient {
    package static func call(
        _ path: String, _ request: ControlRequest, onProgress: (CommandProgress) -> Void
    ) throws(CommandFailure) -> JSONValue {
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let stream = SocketStream(file)
        guard file >= 0, withUnixAddress(path, { connect(file, $0, $1) }) == 0 else {
            throw CommandFailure("the data directory is in use, and its server cannot be reached at \(path): \(FileSystem.lastError())")
        }
        let head = JSONValue.object(
            JSONObject([
                ("command", .string(request.command)), ("arguments", request.arguments),
                ("payload_bytes", .number("\(request.payload.count)")),
            ]))
        guard stream.write(head.bytes + [10]), stream.write(request.payload) else {
            throw CommandFailure("the server closed the connection: \(FileSystem.lastError())")
        }
        while let line = stream.line(limit: 64 << 20) {
            guard let message = try? JSONValue.parse(line) else { break }
            if let progress = message["progress"].flatMap(CommandProgress.init) { onProgress(progress) }
            if let result = message["result"] { return result }
            if let error = message["error"] {
                throw CommandFailure(error["message"]?.string ?? "unknown error", exit: Int32(error["exit"]?.int ?? 1))
            }
        }
        throw CommandFailure("the server ended before the command did; look at its log")
    }
}
