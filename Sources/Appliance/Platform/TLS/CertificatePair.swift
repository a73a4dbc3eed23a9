import NIOSSL

/// A chain of certificates with the key of its first one: read, parsed, and known to belong together.
///
/// A value of this type can be served. Whether a browser will like it is another question, which `warnings`
/// answers: an expired certificate is still better than none for the clients that can be told to accept it, so it
/// does not keep the server from starting.
package struct CertificatePair: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    /// The first certificate's time: both ends belong to it (RFC 5280, 4.1.2.5).
    package let notBefore: Timestamp
    package let notAfter: Timestamp
    /// The host names that the first certificate is for.
    package let names: [String]
    private let certificatePath: String
    private let keyPath: String
    private let keyMode: UInt32

    /// Reads both files and holds them against each other.
    ///
    /// 1. Each file is a regular file with a PEM block of its kind.
    /// 2. Every certificate of the chain parses, and so does the key.
    /// 3. BoringSSL takes both into a context of the kind that will be served: this compares the public keys.
    ///
    /// A handshake in memory would show nothing more: step 3 is what one would fail at.
    package static func load(certificate: String, key: String) throws(CertificateProblem) -> CertificatePair {
        let chainFile = try CertificateFile(.certificate, path: certificate)
        let keyFile = try CertificateFile(.key, path: key)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainFile.bytes), let leaf = chain.first else {
            throw .malformed(.certificate, path: certificate)
        }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: keyFile.bytes, format: .pem) else { throw .malformed(.key, path: key) }
        let pair = CertificatePair(
            chain: chain, key: privateKey, notBefore: Timestamp(seconds: Int64(leaf.notValidBefore)),
            notAfter: Timestamp(seconds: Int64(leaf.notValidAfter)), names: names(of: leaf), certificatePath: certificate,
            keyPath: key, keyMode: keyFile.mode)
        _ = try TLSContextStore.context(pair, .version12)
        return pair
    }

    /// What an operator should know before clients do. `host` is the name that they will look for in the
    /// certificate, if that is known.
    package func warnings(at now: Timestamp, host: String? = nil, roots: CertificateTrust.Roots = .system) -> [CertificateWarning] {
        var found: [CertificateWarning] = []
        let (life, left) = (notAfter.seconds - notBefore.seconds, notAfter.seconds - now.seconds)
        if left < 0 {
            found.append(.expired(notAfter))
        } else if now < notBefore {
            found.append(.notYetValid(notBefore))
        } else {
            // Whom a chain leads to can be judged only while it is valid.
            if left < life / 4 { found.append(.expiresSoon(notAfter, days: Int(left / 86_400))) }
            if !isTrusted(roots: roots) { found.append(.untrusted) }
        }
        let leaf = (try? chain.first?.toDERBytes()) ?? []
        if let host, !CertificateFacts.names(leaf, include: host) { found.append(.otherName(host: host, names: names)) }
        if let warning = CertificateFacts.unlikedKey(leaf) { found.append(warning) }
        if keyMode & 0o007 != 0 { found.append(.keyIsReadable(path: keyPath)) }
        return found
    }

    /// Whether a browser that trusts what this machine trusts would accept it now, whatever the name.
    ///
    /// Reads the roots from the disk: not for an event loop.
    package func isTrusted(roots: CertificateTrust.Roots = .system) -> Bool {
        CertificateTrust.holds(chain.compactMap { try? $0.toDERBytes() }, roots: roots)
    }

    /// What it means that BoringSSL takes the certificate and then not the key.
    var mismatch: CertificateProblem { .mismatch(key: keyPath, certificate: certificatePath) }
    /// What it means that BoringSSL does not take the certificate.
    var misfit: CertificateProblem { .malformed(.certificate, path: certificatePath) }

    private static func names(of leaf: NIOSSLCertificate) -> [String] {
        leaf._subjectAlternativeNames().filter { $0.nameType == .dnsName }.map { String(decoding: $0.contents, as: UTF8.self) }
    }
}
