/// What the first bytes of a connection to a TLS listener say, judged before TLS itself sees them.
///
/// Two things have to be known so early. Plain HTTP deserves an answer that a person can read. And a client that
/// offers only protocols which are not served (ALPN) has to be told so with an alert (RFC 7301, 3.2), where
/// BoringSSL's callback, as NIOSSL sets it, goes on without a protocol. Everything else, the malformed included, is left
/// to BoringSSL, which has the right alert for it.
enum ClientHello {
    enum Verdict: Equatable {
        /// More bytes are needed.
        case undecided
        /// TLS may have it.
        case proceed
        case plainHTTP
        /// The client names protocols, and ours is not among them.
        case foreignProtocol
    }

    /// A hello is a record or two. One that is cut into more is not looked into; this bounds what is kept and
    /// what one more byte costs.
    private static let records = 4
    private static let recordLimit = 16_384

    static func judge(_ bytes: some RandomAccessCollection<UInt8>, serving protocolName: String) -> Verdict {
        guard let first = bytes.first else { return .undecided }
        // A method is in capitals; the records of TLS begin with 20 to 24.
        if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first { return .plainHTTP }
        var reader = WireReader(Array(bytes.prefix(records * (recordLimit + 5))))
        var hello: [UInt8] = []
        for _ in 0..<records {
            guard reader.left > 0 else { return .undecided }
            guard reader.byte() == 22 else { return .proceed }
            guard reader.left >= 4 else { return .undecided }
            _ = reader.number(bytes: 2)
            guard let length = reader.number(bytes: 2), 1...recordLimit ~= length else { return .proceed }
            guard let piece = reader.bytes(length) else { return .undecided }
            hello += piece
            guard hello.count >= 4 else { continue }
            var message = WireReader(hello)
            guard message.byte() == 1, let total = message.number(bytes: 3), total <= recordLimit else { return .proceed }
            guard let body = message.bytes(total) else { continue }
            guard let offered = protocols(inBody: body) else { return .proceed }
            return offered.contains { $0.elementsEqual(protocolName.utf8) } ? .proceed : .foreignProtocol
        }
        return .proceed
    }

    /// The protocols that a ClientHello offers (RFC 8446, 4.1.2); nil when it offers none or cannot be followed.
    private static func protocols(inBody body: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var reader = WireReader(body)
        // Version and random; session, suites, compressions.
        guard reader.bytes(34) != nil, reader.vector(lengthBytes: 1) != nil, reader.vector(lengthBytes: 2) != nil,
            reader.vector(lengthBytes: 1) != nil, let extensions = reader.vector(lengthBytes: 2)
        else { return nil }
        reader = WireReader(extensions)
        while let type = reader.number(bytes: 2), let content = reader.vector(lengthBytes: 2) {
            guard type == 16 else { continue }
            var list = WireReader(content)
            guard let names = list.vector(lengthBytes: 2) else { return nil }
            var found: [ArraySlice<UInt8>] = []
            var rest = WireReader(names)
            while let name = rest.vector(lengthBytes: 1) { found.append(name) }
            return found.isEmpty ? nil : found
        }
        return nil
    }
}

/// Takes big-endian numbers and counted pieces off the front of some bytes; nil where there are not enough.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var left: Int { rest.count }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func number(bytes count: Int) -> Int? {
        bytes(count)?.reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func vector(lengthBytes: Int) -> ArraySlice<UInt8>? {
        number(bytes: lengthBytes).flatMap { bytes($0) }
    }
}
