/// What is wrong with a certificate that can be served all the same.
package enum CertificateWarning: Sendable, Equatable {
    case expired(Timestamp)
    case notYetValid(Timestamp)
    /// Less than a quarter of its life is left.
    case expiresSoon(Timestamp, days: Int)
    /// No chain leads from it to a root that this machine trusts.
    case untrusted
    /// It is not for the host that clients are told to go to.
    case otherName(host: String, names: [String])
    /// RSA with too few bits.
    case shortKey(bits: Int)
    /// Ed25519: TLS has it, browsers do not.
    case notForBrowsers
    /// Every account of the machine may read the private key.
    case keyIsReadable(path: String)

    package var words: String {
        switch self {
        case .expired(let end):
            "the certificate expired on \(end.iso); clients refuse it"
        case .notYetValid(let start):
            "the certificate is not valid before \(start.iso); clients refuse it until then"
        case .expiresSoon(let end, let days):
            "the certificate expires on \(end.iso), in \(days) days"
        case .untrusted:
            "the certificate leads to no root that this machine trusts: it is self-signed or of a private authority, or "
                + "an intermediate certificate is missing from the file; browsers warn, and Strict-Transport-Security is not sent"
        case .otherName(let host, let names):
            "the certificate is for \(names.isEmpty ? "no host" : names.joined(separator: ", ")), not for \(host), which "
                + "server.public_url names; clients refuse it"
        case .shortKey(let bits):
            "the certificate has an RSA key of \(bits) bits; clients refuse fewer than 2048"
        case .notForBrowsers:
            "the certificate has an Ed25519 key, which browsers refuse; make an ECDSA or RSA one"
        case .keyIsReadable(let path):
            "\(path): every account of this machine can read the private key; chmod 0640 or tighter"
        }
    }

    /// The file that it is about.
    package var file: CertificateProblem.File {
        if case .keyIsReadable = self { .key } else { .certificate }
    }
}
