import Synchronization

/// How a handshake ended that did not succeed.
package enum TLSHandshakeFailure: String, Sendable, CaseIterable {
    /// The client speaks only versions that are too old.
    case version
    /// The client offers no cipher suite, curve or signature that is served.
    case parameters
    /// The client wants to speak something else than HTTP/1.1 (ALPN).
    case applicationProtocol = "application_protocol"
    /// The client speaks plain HTTP.
    case plaintext
    /// The client broke off with an alert: most often it does not trust the certificate.
    case refusedByClient = "refused_by_client"
    /// The connection went before the handshake was over.
    case closed
    /// It took too long.
    case timeout
    /// The bytes are no handshake.
    case malformed
}

/// The handshakes since the start, for the metrics.
package struct TLSCounts: Sendable, Equatable {
    package var handshakes12 = 0
    package var handshakes13 = 0
    package var failures: [TLSHandshakeFailure: Int] = [:]

    package var handshakes: Int { handshakes12 + handshakes13 }
    package var allFailures: Int { failures.values.reduce(0, +) }
}

/// Counts handshakes. One lock an outcome is nothing beside the arithmetic of a handshake.
package final class TLSCounters: Sendable {
    private let counts = Mutex(TLSCounts())

    package var snapshot: TLSCounts { counts.withLock { $0 } }

    func succeeded(isVersion13: Bool) {
        counts.withLock { if isVersion13 { $0.handshakes13 += 1 } else { $0.handshakes12 += 1 } }
    }

    func failed(_ failure: TLSHandshakeFailure) {
        counts.withLock { $0.failures[failure, default: 0] += 1 }
    }
}
