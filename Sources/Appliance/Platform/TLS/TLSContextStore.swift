import NIOSSL
import Synchronization

/// The certificate that is served now, and the count of what came of it.
///
/// A connection takes the context that is current when its handshake begins and keeps it to its end, so `replace`
/// disturbs nobody: who is in the middle of a handshake ends it with the old certificate, who comes next gets
/// the new one. If `replace` throws, nothing has changed.
package final class TLSContextStore: Sendable {
    private struct Current {
        var pair: CertificatePair
        var minimumVersion: TLSMinimumVersion
        var context: NIOSSLContext
    }

    /// Handshakes and what became of them, since the start.
    package let counters = TLSCounters()
    private let current: Mutex<Current>

    package init(_ pair: CertificatePair, minimumVersion: TLSMinimumVersion) throws(CertificateProblem) {
        current = Mutex(
            Current(pair: pair, minimumVersion: minimumVersion, context: try Self.context(pair, minimumVersion)))
    }

    package var pair: CertificatePair { current.withLock { $0.pair } }

    /// What a new connection uses.
    var context: NIOSSLContext { current.withLock { $0.context } }

    package func replace(_ pair: CertificatePair, minimumVersion: TLSMinimumVersion) throws(CertificateProblem) {
        let context = try Self.context(pair, minimumVersion)
        current.withLock { $0 = Current(pair: pair, minimumVersion: minimumVersion, context: context) }
    }

    /// Forgets the keys that session tickets are sealed with.
    ///
    /// They belong to the context, so a new one of the same certificate has new ones. BoringSSL by itself keeps a
    /// key for two days and accepts it for two more; whoever steals one could read the TLS 1.2 sessions that
    /// were resumed with it. Clients that hold a ticket make one full handshake more.
    package func renewTicketKeys() throws(CertificateProblem) {
        let before = current.withLock { $0 }
        let context = try Self.context(before.pair, before.minimumVersion)
        // Whoever has replaced the certificate meanwhile has renewed the keys with it.
        current.withLock { if $0.context === before.context { $0.context = context } }
    }

    /// Suites of TLS 1.2: ephemeral keys and authenticated encryption, nothing else. TLS 1.3 has no others.
    private static let suites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// How the server signs. BoringSSL by itself would end the list with SHA-1, which forgers can find collisions of and
    /// which nobody may accept from us any more (RFC 9155).
    private static let signatures: [SignatureAlgorithm] = [
        .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384, .rsaPkcs1Sha384,
        .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .ed25519,
    ]

    /// The one place that says how TLS is spoken. No early data (it can be replayed) and no renegotiation: BoringSSL
    /// has both off for servers, and there is no setting here that would turn them on.
    ///
    /// Throws `mismatch` when the key is not the first certificate's, and `malformed` when BoringSSL can read the
    /// certificate but not serve it: on the curve P-224, for example.
    static func context(_ pair: CertificatePair, _ minimumVersion: TLSMinimumVersion) throws(CertificateProblem) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
        configuration.minimumTLSVersion = minimumVersion.wire
        configuration.cipherSuiteValues = suites
        configuration.signingSignatureAlgorithms = signatures
        configuration.curves = [.x25519_MLKEM768, .x25519, .secp256r1]
        configuration.applicationProtocols = [applicationProtocol]
        configuration.renegotiationSupport = .none
        // How long a client that we close may take to say goodbye too.
        configuration.shutdownTimeout = .seconds(2)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw error as? NIOSSLError == .failedToLoadPrivateKey ? pair.mismatch : pair.misfit
        }
    }

    /// What ALPN settles on (RFC 7301).
    static let applicationProtocol = "http/1.1"
}
