import CCrypto
import Glibc

/// A certificate with its key, made when a test asks for it. Most cost less than a millisecond; RSA takes its time.
package final class TestCertificate: @unchecked Sendable {
    // Safety: `certificate` and `key` are not changed after `init`, and live as long as this object.
    private let certificate: OpaquePointer
    private let key: OpaquePointer

    package struct Failure: Error { let step: String }

    package enum Key: Sendable {
        /// P-256 and the like, by libcrypto's name.
        case ecdsa(curve: String)
        case rsa(bits: Int32)
        case ed25519
    }

    /// `names` are written as openssl does: `DNS:jobs.example.org`, `IP:127.0.0.1`. The times are seconds from now. Without an
    /// issuer it is self-signed.
    package init(
        _ names: [String] = ["DNS:localhost", "DNS:jobs.example.org"], key kind: Key = .ecdsa(curve: "P-256"),
        from start: Int = -3_600, to end: Int = 90 * 86_400, issuer: TestCertificate? = nil, isAuthority: Bool = false
    ) throws {
        key = try Self.make(kind)
        guard let made = X509_new() else { throw Failure(step: "X509_new") }
        certificate = made
        X509_set_version(made, 2)
        ASN1_INTEGER_set_int64(X509_get_serialNumber(made), Int64.random(in: 1...(.max)))
        X509_gmtime_adj(X509_getm_notBefore(made), start)
        X509_gmtime_adj(X509_getm_notAfter(made), end)
        // Authorities differ in name: one that were signed by its namesake would seem to be signed by itself.
        let name = Array((isAuthority ? "Test authority \(UInt64.random(in: .min ... .max))" : "Test server").utf8)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", V_ASN1_UTF8STRING, name, Int32(name.count), -1, 0)
        X509_set_issuer_name(made, X509_get_subject_name(issuer?.certificate ?? made))
        X509_set_pubkey(made, key)
        if isAuthority { try Self.add(NID_basic_constraints, "critical,CA:TRUE", to: made) }
        if !names.isEmpty { try Self.add(NID_subject_alt_name, names.joined(separator: ","), to: made) }
        // Ed25519 has its digest built in.
        let signer = issuer?.key ?? key
        let digest = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
        guard X509_sign(made, signer, digest) > 0 else { throw Failure(step: "X509_sign") }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    package var pem: String { Self.text { PEM_write_bio_X509($0, certificate) } }
    package var keyPEM: String { Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }

    package var der: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(i2d_X509(certificate, nil)))
        bytes.withUnsafeMutableBufferPointer { buffer in
            var place = buffer.baseAddress
            i2d_X509(certificate, &place)
        }
        return bytes
    }

    /// The key under a passphrase: as PKCS #8, or in the form of before.
    package func encryptedKeyPEM(traditional: Bool) -> String {
        let passphrase = Array("swordfish".utf8)
        let (cipher, count) = (EVP_aes_128_cbc(), Int32(passphrase.count))
        return Self.text { output in
            traditional
                ? PEM_write_bio_PrivateKey_traditional(output, key, cipher, passphrase, count, nil, nil)
                : PEM_write_bio_PrivateKey(output, key, cipher, passphrase, count, nil, nil)
        }
    }

    /// Writes `name.pem`, this certificate with others behind it, and `name.key`, which nobody else may read.
    @discardableResult
    package func write(
        to directory: String, as name: String = "server", followedBy others: [TestCertificate] = []
    ) throws -> (certificate: String, key: String) {
        let files = (certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
        try Self.write(([self] + others).map(\.pem).joined(), to: files.certificate)
        try Self.write(keyPEM, to: files.key)
        return files
    }

    /// Writes a file that nobody else may read.
    package static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(step: path) }
        defer { close(file) }
        guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else { throw Failure(step: path) }
    }

    private static func make(_ kind: Key) throws -> OpaquePointer {
        let name =
            switch kind {
            case .ecdsa: "EC"
            case .rsa: "RSA"
            case .ed25519: "ED25519"
            }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { throw Failure(step: name) }
        defer { EVP_PKEY_CTX_free(context) }
        EVP_PKEY_keygen_init(context)
        switch kind {
        case .ecdsa(let curve): EVP_PKEY_CTX_set_group_name(context, curve)
        case .rsa(let bits): EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits)
        case .ed25519: break
        }
        var key: OpaquePointer?
        guard EVP_PKEY_generate(context, &key) == 1, let key else { throw Failure(step: "EVP_PKEY_generate") }
        return key
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let made = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw Failure(step: value) }
        defer { X509_EXTENSION_free(made) }
        X509_add_ext(certificate, made, -1)
    }

    /// What is written to memory by libcrypto.
    private static func text(_ write: (OpaquePointer) -> Int32) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(output) }
        _ = write(output)
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(output)))
        BIO_read(output, &bytes, Int32(bytes.count))
        return String(decoding: bytes, as: UTF8.self)
    }
}
