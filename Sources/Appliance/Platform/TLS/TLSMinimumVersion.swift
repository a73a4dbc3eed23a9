import NIOSSL

/// The oldest version of TLS that a client may speak. What is older than 1.2 is broken (RFC 8996) and cannot be asked for.
package enum TLSMinimumVersion: String, Sendable, CaseIterable {
    case v1_2 = "1.2"
    case v1_3 = "1.3"

    var wire: TLSVersion {
        switch self {
        case .v1_2: .tlsv12
        case .v1_3: .tlsv13
        }
    }
}
