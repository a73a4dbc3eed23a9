import Platform
import Synchronization

/// What a server with HTTPS knows beyond one without: the certificate in use, and what follows from it.
final class SecureListeners: Sendable {
    /// What new connections are served with.
    let contexts: TLSContextStore
    private let clock: any PlatformClock
    private let log: Log
    private let roots: CertificateTrust.Roots
    private let state: Mutex<State>

    private struct State {
        var port: Int?
        /// The name that clients know the server by.
        var host: String?
        var isTrusted = false
    }

    /// Twice a day: a ticket key is never older than that, and a certificate that runs out is spoken of in time.
    static let upkeepSeconds = 12 * 3600

    /// Nil when `tls.listen` is empty. Throws what is wrong with the files.
    init?(
        _ loaded: LoadedConfiguration, clock: any PlatformClock, log: Log, roots: CertificateTrust.Roots
    ) throws(ConfigurationErrors) {
        guard let pair = try CertificateFiles.pair(for: loaded) else { return nil }
        contexts = try CertificateFiles.explaining(loaded) { () throws(CertificateProblem) in
            try TLSContextStore(pair, minimumVersion: loaded.values.tls.minimumVersion)
        }
        self.clock = clock
        self.log = log
        self.roots = roots
        state = Mutex(State(host: CertificateFiles.host(in: loaded)))
        examine(pair)
    }

    /// The port that redirects lead to: the first one that was opened.
    var port: Int? { state.withLock { $0.port } }

    func opened(_ port: Int) {
        state.withLock { if $0.port == nil { $0.port = port } }
    }

    /// Whether clients may be told to insist on HTTPS. Never for a certificate that browsers warn about, since they
    /// then leave the user no way past the warning.
    var sendsStrictTransportSecurity: Bool { state.withLock { $0.isTrusted } }

    /// Reads the files again and serves what they hold from the next connection on. If they cannot be served,
    /// everything stays as it is.
    func reload(_ loaded: LoadedConfiguration) throws(ConfigurationErrors) {
        guard let pair = try CertificateFiles.pair(for: loaded) else { return }
        try CertificateFiles.explaining(loaded) { () throws(CertificateProblem) in
            try contexts.replace(pair, minimumVersion: loaded.values.tls.minimumVersion)
        }
        state.withLock { $0.host = CertificateFiles.host(in: loaded) }
        examine(pair)
    }

    /// One turn of the upkeep: new ticket keys, and another look at the certificate. It can be the same for
    /// months while what is said about it changes.
    func upkeep() {
        do { try contexts.renewTicketKeys() } catch { log.error("The TLS context was not renewed.", ["error": .string(error.words)]) }
        examine(contexts.pair)
    }

    private func examine(_ pair: CertificatePair) {
        let isTrusted = pair.isTrusted(roots: roots)
        let host = state.withLock { state in
            state.isTrusted = isTrusted
            return state.host
        }
        log.info(
            "Certificate in use.",
            ["names": .string(pair.names.joined(separator: ",")), "expires": .string(pair.notAfter.iso)])
        for warning in pair.warnings(at: clock.now(), host: host, roots: roots) { log.warning("About the certificate: \(warning.words)") }
    }
}
