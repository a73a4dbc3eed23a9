/// Where a listener binds: a host without brackets, and a port.
///
/// The host is an IPv4 or IPv6 address or a name that the system resolves. Port 0 lets the system pick one.
struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[v6]:port`; nil for anything else, an unbracketed IPv6 address included,
    /// since nobody can tell where its port begins.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = HostName.port(text[text.index(after: colon)...], from: 0) else { return nil }
        let name = text[..<colon]
        if HostName.isBracketed(name) {
            self.init(host: String(name.dropFirst().dropLast()), port: port)
        } else {
            guard HostName.isValid(name) else { return nil }
            self.init(host: String(name), port: port)
        }
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { HostName.isLoopback(host) }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
