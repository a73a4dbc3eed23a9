/// Why a certificate and its key cannot be served, as a fact.
package enum CertificateProblem: Error, Sendable, Equatable {
    /// Which of the two files.
    package enum File: String, Sendable {
        case certificate
        case key
    }

    /// The system will not give the file to us; `reason` is its word for it.
    case unreadable(File, path: String, reason: String)
    /// There is no PEM block of the kind that this file is for. `holds` names one that is there instead.
    case noPEM(File, path: String, holds: String?)
    /// There is one, but what it says is no certificate, or no private key that TLS could use.
    case malformed(File, path: String)
    /// The key asks for a passphrase, and there is nobody to give one when a server starts.
    case encrypted(path: String)
    /// Both are good, and do not belong together.
    case mismatch(key: String, certificate: String)

    /// The file that whoever reads this has to look at.
    package var file: File {
        switch self {
        case .unreadable(let file, _, _), .noPEM(let file, _, _), .malformed(let file, _): file
        case .encrypted, .mismatch: .key
        }
    }

    /// The fact as a sentence without its subject: path first, then what is wrong with it.
    package var words: String {
        switch self {
        case .unreadable(_, let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .noPEM(.certificate, let path, let holds):
            "\(path): holds no PEM certificate (-----BEGIN CERTIFICATE-----)" + Self.but(holds)
        case .noPEM(.key, let path, let holds):
            "\(path): holds no PEM private key (-----BEGIN PRIVATE KEY-----)" + Self.but(holds)
        case .malformed(.certificate, let path):
            "\(path): a certificate in it is damaged, or of a kind that TLS has no use for"
        case .malformed(.key, let path):
            "\(path): the private key in it is damaged, or of a kind that TLS has no use for"
        case .encrypted(let path):
            "\(path): the private key is encrypted, and a server has nobody to ask for the passphrase"
        case .mismatch(let key, let certificate):
            "\(key): is not the key of the first certificate in \(certificate)"
        }
    }

    private static func but(_ holds: String?) -> String { holds.map { ", but a \($0)" } ?? "" }
}
