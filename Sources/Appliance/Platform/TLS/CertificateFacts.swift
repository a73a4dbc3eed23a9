import CCrypto

/// What a certificate says of itself that NIOSSL has no call for, in libcrypto's reading. It takes DER.
enum CertificateFacts {
    /// The host must be a name or an address as clients write it, IPv6 without brackets. Wildcards count as browsers
    /// count them, and the subject's common name, which they no longer look at, does not.
    static func names(_ certificate: [UInt8], include host: String) -> Bool {
        guard let parsed = parse(certificate) else { return false }
        defer {
            X509_free(parsed)
            ERR_clear_error()
        }
        if IPAddress(host) != nil { return X509_check_ip_asc(parsed, host, 0) == 1 }
        let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        return X509_check_host(parsed, host, host.utf8.count, flags, nil) == 1
    }

    /// Why clients will not take its key, if they will not.
    static func unlikedKey(_ certificate: [UInt8]) -> CertificateWarning? {
        guard let parsed = parse(certificate) else { return nil }
        defer {
            X509_free(parsed)
            ERR_clear_error()
        }
        guard let key = X509_get0_pubkey(parsed) else { return nil }
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA where EVP_PKEY_get_bits(key) < 2_048: return .shortKey(bits: Int(EVP_PKEY_get_bits(key)))
        case EVP_PKEY_ED25519: return .notForBrowsers
        default: return nil
        }
    }

    /// The caller frees it.
    static func parse(_ bytes: [UInt8]) -> OpaquePointer? {
        bytes.withUnsafeBufferPointer { buffer in
            var place = buffer.baseAddress
            return d2i_X509(nil, &place, buffer.count)
        }
    }
}
