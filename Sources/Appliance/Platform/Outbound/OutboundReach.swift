/// Which machines a request may come to.
package enum OutboundReach: Sendable, Hashable {
    /// Any: for addresses that the operator has written, who may well mean a machine in the next room.
    case anywhere
    /// For addresses that a user has written: https, to machines that the whole internet can reach. Otherwise whoever has
    /// an account could have the server knock at doors that are open to it alone: its own, its neighbours', its host's.
    case publicOnly

    /// https itself, and the ports that servers of people's own have. Below 1024 everything else is something other than
    /// a web server.
    static func isPublicPort(_ port: Int) -> Bool { port == 443 || 1024...65535 ~= port }
}
