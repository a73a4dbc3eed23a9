/// The header fields of a response, in order; names compare without case.
package struct OutboundHeaders: Sendable {
    package let fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// The first field of that name.
    package subscript(_ name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A response that has arrived whole.
package struct OutboundResponse: Sendable {
    package let status: Int
    package let headers: OutboundHeaders
    package let body: [UInt8]
}

/// A response whose body is still arriving.
///
/// When the last copy of it, of its body and of the body's iterators is gone,
/// the transfer is cancelled and its connection closed.
package struct OutboundStream: Sendable {
    package let status: Int
    package let headers: OutboundHeaders
    package let body: OutboundBody
}

/// The pieces of a body, in order, for one reader.
///
/// At most 64 KiB wait for the reader; above that the transfer pauses, and
/// with it, through TCP, the sender. Cancelling the reading task cancels the
/// transfer.
package struct OutboundBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = OutboundError

    let lease: ResponseLease

    package struct AsyncIterator: AsyncIteratorProtocol {
        let lease: ResponseLease

        package mutating func next() async throws(OutboundError) -> [UInt8]? {
            try await lease.channel.next().get()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(OutboundError) -> [UInt8]? {
            try await lease.channel.next().get()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lease: lease) }

    /// The whole body in one piece. Its length is bounded by the request's limit.
    package func collect() async throws(OutboundError) -> [UInt8] {
        var whole: [UInt8] = []
        var pieces = makeAsyncIterator()
        while let piece = try await pieces.next() { whole += piece }
        return whole
    }
}

/// Keeps a transfer alive for as long as someone can still read it, and with it
/// the door that it came through.
final class ResponseLease: Sendable {
    let channel: ResponseChannel
    private let owner: Outbound

    init(_ channel: ResponseChannel, of owner: Outbound) {
        self.channel = channel
        self.owner = owner
    }

    deinit { channel.cancel() }
}
