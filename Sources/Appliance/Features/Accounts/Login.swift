import Platform

/// One entry of a password and all that follows from it: the tokens that were given out then, and those
/// that they were exchanged for since. It is listed, and ended, as a whole.
struct Login: Sendable, Equatable {
    var id: Identifier
    var createdAt: Timestamp
    /// When it began or was last refreshed. Requests in between are not noted: each would be a write.
    var lastUsedAt: Timestamp
    var client: LoginClient

    func write(isCurrent: Bool, into writer: inout JSONWriter) {
        writer.object { writer in
            writeFields(into: &writer)
            writer.field("current", isCurrent)
        }
    }

    func writeFields(into writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("created_at", createdAt)
        writer.field("last_used_at", lastUsedAt)
        writer.field("client_address", client.address)
        writer.field("user_agent", client.userAgent)
    }
}

/// Where a login comes from, so that its owner can tell it from the others.
struct LoginClient: Sendable, Equatable {
    static let longestUserAgent = 255

    let address: String
    let userAgent: String

    init(address: String, userAgent: String) {
        self.address = address
        // The program names itself, at any length.
        self.userAgent = String(String.UnicodeScalarView(userAgent.unicodeScalars.prefix(Self.longestUserAgent)))
    }

    init(_ request: HTTPRequest) {
        self.init(address: request.clientAddress, userAgent: request.headers["User-Agent"] ?? "")
    }
}
