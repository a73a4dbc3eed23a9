/// The bounds on one WebSocket. Times are milliseconds, sizes bytes.
package struct SocketLimits: Sendable {
    /// A message, whole.
    package var message = 65_536
    /// The pieces that a message may come in.
    package var fragments = 256
    /// What may wait for a client that does not read; one more message, however long, is taken before that is too much.
    package var outbound = 262_144
    /// Pings that a client may send in a minute.
    package var pingsPerMinute = 120
    /// Between two of our pings.
    package var ping: Int64 = 20_000
    /// Since anything was heard of the client.
    package var dead: Int64 = 45_000
    /// From our goodbye to the client's, or from its to ours.
    package var goodbye: Int64 = 2_000

    package init() {}
}
