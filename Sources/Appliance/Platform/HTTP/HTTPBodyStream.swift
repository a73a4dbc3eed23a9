/// The body of an answer that is made while it is sent.
///
/// `produce` runs in a task of its own, on the connection's thread, once the head is on its way, and the answer ends when
/// it returns. When it throws, the connection is cut, so that the client cannot take the part for the whole. Its task is
/// cancelled when the client goes away; what ends its input counts as gone, for it cannot be told from one that left.
package struct HTTPBodyStream: Sendable {
    /// What becomes of it when the server stops.
    package enum AtShutdown: Sendable {
        /// It may go on to its end for as long as the server waits for requests.
        case goesOn
        /// Its task is cancelled. It can still write, and ought to say that this was not the end.
        case isCancelled
    }

    package let atShutdown: AtShutdown
    package let produce: @Sendable (HTTPBodyWriter) async throws -> Void

    package init(atShutdown: AtShutdown = .goesOn, _ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) {
        self.atShutdown = atShutdown
        self.produce = produce
    }

    /// The pieces of a sequence, each sent as soon as it is there and the one before it has been taken.
    package init<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces, atShutdown: AtShutdown = .goesOn) where Pieces.Element == [UInt8] {
        self.init(atShutdown: atShutdown) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}

/// Where the body of a streaming answer is written to.
package struct HTTPBodyWriter: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    package init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }

    /// Sends a piece, and returns when the client has taken it or the system holds it for the client. Throws when the
    /// client is gone; a client that takes nothing for `HTTPLimits.writeTime` is.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await send(bytes)
    }

    package func write(_ text: String) async throws { try await write(Array(text.utf8)) }
}
