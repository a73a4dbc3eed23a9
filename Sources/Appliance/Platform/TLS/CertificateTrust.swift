import CCrypto

/// Whether a chain of certificates leads to a root that is trusted.
///
/// The judge is libcrypto with the machine's own list of roots (`/etc/ssl/certs`), which is what outbound requests
/// go by too. BoringSSL, which serves the certificate, would have to parse the whole list to say so.
package enum CertificateTrust {
    package enum Roots: Sendable, Equatable {
        /// The machine's list.
        case system
        /// The PEM file at this path and nothing else.
        case file(String)
    }

    /// `chain` is DER, the server's own certificate first. False for an empty chain, for one that does not parse,
    /// and for one that is not valid now.
    static func holds(_ chain: [[UInt8]], roots: Roots) -> Bool {
        // A refusal leaves notes in the thread's queue of errors, which the next to look there would take for its own.
        defer { ERR_clear_error() }
        let certificates = chain.compactMap(CertificateFacts.parse)
        defer { for certificate in certificates { X509_free(certificate) } }
        guard let leaf = certificates.first, certificates.count == chain.count, let store = X509_STORE_new() else { return false }
        defer { X509_STORE_free(store) }
        switch roots {
        case .system: guard X509_STORE_set_default_paths(store) == 1 else { return false }
        case .file(let path): guard X509_STORE_load_file(store, path) == 1 else { return false }
        }
        // The stack borrows what is in it: freeing it leaves the certificates alone.
        guard let others = OPENSSL_sk_new_null(), let context = X509_STORE_CTX_new() else { return false }
        defer {
            X509_STORE_CTX_free(context)
            OPENSSL_sk_free(others)
        }
        for certificate in certificates.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(certificate)) }
        guard X509_STORE_CTX_init(context, store, leaf, others) == 1 else { return false }
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER)
        return X509_verify_cert(context) == 1
    }
}
