/// Where the server listens and what it puts up with.
package struct HTTPServerConfiguration: Sendable {
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    package var limits: HTTPLimits

    package init(host: String = "127.0.0.1", port: Int = 8080, limits: HTTPLimits = HTTPLimits()) {
        self.host = host
        self.port = port
        self.limits = limits
    }
}

/// The bounds on one connection and on all of them. Times are milliseconds, sizes bytes.
package struct HTTPLimits: Sendable {
    /// One header field, name and value.
    package var headerField = 16_384
    /// All header fields and the request line.
    package var headerList = 32_768
    package var headerCount = 100
    /// The request target.
    package var target = 8_192
    package var body = 2_621_440
    /// The body of a route that takes uploads: the largest file and what a form has around it.
    package var upload = 5 * 1_048_576 + 65_536
    /// Connections at once; one more is closed as soon as it opens.
    package var connections = 4_096
    /// From the opening of a connection to a TLS listener to the end of the handshake.
    package var handshakeTime: Int64 = 10_000
    /// From the opening of a connection, or the end of its handshake, to its first byte.
    package var firstByteTime: Int64 = 10_000
    /// From a request's first byte to the end of its header.
    package var headerTime: Int64 = 10_000
    /// Between two pieces of a body.
    package var bodyIdle: Int64 = 30_000
    /// A whole body.
    package var bodyTime: Int64 = 900_000
    /// A connection without a request.
    package var idle: Int64 = 75_000
    /// Until the client has taken a response.
    package var writeTime: Int64 = 30_000
    /// How long a client that still sends may go on after it was refused. Closing at once would destroy the
    /// answer on its way to a client that has not read it.
    package var linger: Int64 = 2_000

    package init() {}
}
