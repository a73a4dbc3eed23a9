/// What the log tells of a finished request. The path is without its query, which may hold tokens.
package struct AccessEntry: Sendable {
    package var requestID: String
    package var method: String
    package var path: String
    package var status: Int
    package var durationMicroseconds: Int64
    /// The bytes of the body.
    package var bytes: Int
    package var client: String
    package var account: Identifier?

    package init(
        requestID: String, method: String, path: String, status: Int, durationMicroseconds: Int64, bytes: Int, client: String,
        account: Identifier? = nil
    ) {
        self.requestID = requestID
        self.method = method
        self.path = path
        self.status = status
        self.durationMicroseconds = durationMicroseconds
        self.bytes = bytes
        self.client = client
        self.account = account
    }

    func write(into line: inout LogLine) {
        line.add("request_id", requestID)
        line.add("method", method)
        line.add("path", path)
        line.add("status", .int(status))
        line.add("duration_ms", .double(Double(max(0, durationMicroseconds)) / 1_000))
        line.add("bytes", .int(bytes))
        line.add("client", client)
        if let account { line.add("account", .id(account)) }
    }
}
