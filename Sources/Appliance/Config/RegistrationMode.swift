/// Who may make an account over HTTP: what is in force, where `Registration` is what somebody wrote.
enum RegistrationMode: String, Sendable, CaseIterable {
    /// Anybody who reaches the server.
    case open
    /// Whoever brings the code of an invitation.
    case invite
    /// Nobody.
    case closed
}

/// What shows that other machines reach the server.
enum Exposure: Sendable {
    /// A listener has an address that is not loopback.
    case listener
    /// A proxy passes requests on. It may well be on this machine: those who send them are not.
    case proxy
    /// The world has an address for the server.
    case publicURL
}

extension Configuration {
    /// Left to itself, a server that only its own machine reaches is open, and any other wants an invitation.
    var registrationInForce: RegistrationMode {
        switch auth.registration {
        case .open: .open
        case .invite: .invite
        case .closed: .closed
        case .automatic: exposure == nil ? .open : .invite
        }
    }

    /// The first sign that other machines reach the server; nil where there is none.
    ///
    /// A proxy that no key names gives no sign: its requests come from this machine like any other.
    var exposure: Exposure? {
        if !(server.listen + tls.listen).allSatisfy(\.isLoopback) { return .listener }
        if !server.trustedProxies.isEmpty { return .proxy }
        if server.publicURL.isEmpty || URLText(server.publicURL)?.isLoopback == true { return nil }
        return .publicURL
    }
}
