import NIOSSL

/// The oldest version of TLS that a client may speak. What is older than 1.2 is broken (RFC 8996) and cannot be asked for.
package enum TLSMinimumVersion: String, Sendable, CaseIterable {
    case version12 = "1.2"
    case version13 = "1.3"

    var wire: TLSVersion {
        switch self {
        case .version12: .tlsv12
        case .version13: .tlsv13
        }
    }
}
