/// One HTTP request to another machine, with the limits that it keeps.
///
/// Nothing is added to it but `Host`, `Accept`, `User-Agent` and the length of
/// the body. Redirects are never followed: the 3xx is the response, because a
/// redirect could lead a credential, or a checked address, somewhere else.
package struct OutboundRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    package var limits: OutboundLimits
    /// When to leave the host alone; nil asks it whatever happened before.
    package var breaker: CircuitBreaker.Settings?
    /// Whose failures count: requests of one host and one scope share a breaker. Services that stand or fall by
    /// themselves on one host, as a chat model and a moderation model do, have different scopes.
    package var breakerScope: String
    /// Which machines it may come to. Whoever sends what a user has written says `.publicOnly`.
    package var reach: OutboundReach

    package init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        limits: OutboundLimits = .standard, breaker: CircuitBreaker.Settings? = .standard,
        breakerScope: String = "", reach: OutboundReach = .anywhere
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
        self.breaker = breaker
        self.breakerScope = breakerScope
        self.reach = reach
    }

    /// Throws what is wrong with it as it is written, without asking anybody: neither the host nor its name.
    package func check() throws(OutboundError) { _ = try OutboundTarget(self) }
}

/// How long each stretch of a request may take, in milliseconds, and how much
/// may come back.
///
/// The stretches follow each other, so that the error names the one that
/// failed: a dead host is not the same trouble as a model that thinks long.
package struct OutboundLimits: Sendable, Hashable {
    /// Name lookup, TCP and TLS.
    package var connect: Int
    /// From the connection to the first byte of the body. Sending the request is within it.
    package var firstByte: Int
    /// Between two pieces of the body. A reader that holds the stream back does not use it up.
    package var idle: Int
    /// The whole request, all repetitions together.
    package var total: Int
    package var maximumResponseBytes: Int

    package static let standard = OutboundLimits(
        connect: 5000, firstByte: 30_000, idle: 30_000, total: 120_000, maximumResponseBytes: 4 << 20)

    package init(connect: Int, firstByte: Int, idle: Int, total: Int, maximumResponseBytes: Int) {
        self.connect = Self.sane(connect)
        self.firstByte = Self.sane(firstByte)
        self.idle = Self.sane(idle)
        self.total = Self.sane(total)
        self.maximumResponseBytes = max(0, maximumResponseBytes)
    }

    /// One millisecond to one day: a limit of zero would fail everything, and a
    /// larger one is none.
    private static func sane(_ milliseconds: Int) -> Int { min(max(milliseconds, 1), 86_400_000) }
}
