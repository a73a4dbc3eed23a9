import CCrypto

/// A stored scrypt hash: `$scrypt$ln=15,r=8,p=3$salt$digest`, salt and digest in Base64 without padding.
///
/// Text with other parameters than these three in this order, with a cost that no
/// configuration of ours could have asked for, or with salt or digest of an unreasonable length is no hash.
struct ScryptHash {
    static let saltBytes = 16
    static let digestBytes = 32
    /// The cap on memory that libcrypto holds a derivation to.
    private static let maximumMemory: UInt64 = 64 << 20

    let parameters: PasswordHasher.Parameters
    let salt: [UInt8]
    let digest: [UInt8]

    init(parameters: PasswordHasher.Parameters, salt: [UInt8], digest: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.digest = digest
    }

    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let parameters = Self.parameters(parts[2]),
            let salt = Base64.decode(String(parts[3]), padded: false), (8...64).contains(salt.count),
            let digest = Base64.decode(String(parts[4]), padded: false), (16...64).contains(digest.count)
        else { return nil }
        self.init(parameters: parameters, salt: salt, digest: digest)
    }

    var text: String {
        let cost = "ln=\(parameters.logN),r=\(parameters.r),p=\(parameters.p)"
        return "$scrypt$\(cost)$\(Base64.encode(salt, padded: false))$\(Base64.encode(digest, padded: false))"
    }

    func matches(_ password: String) -> Bool {
        guard let derived = Self.derive(password, salt, parameters, length: digest.count) else { return false }
        return constantTimeEqual(derived, digest)
    }

    /// Returns nil when the parameters are beyond the memory limit or make no sense.
    static func derive(_ password: String, _ salt: [UInt8], _ cost: PasswordHasher.Parameters, length: Int) -> [UInt8]? {
        guard (1...20).contains(cost.logN), (1...32).contains(cost.r), (1...16).contains(cost.p) else { return nil }
        let secret = password.utf8.map { CChar(bitPattern: $0) }
        var key = [UInt8](repeating: 0, count: length)
        let status = EVP_PBE_scrypt(
            secret, secret.count, salt, salt.count, 1 << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p), maximumMemory, &key, length)
        // What went wrong would otherwise be reported by this thread's next, unrelated call.
        ERR_clear_error()
        return status == 1 ? key : nil
    }

    private static func parameters(_ text: Substring) -> PasswordHasher.Parameters? {
        let members = text.split(separator: ",", omittingEmptySubsequences: false)
        guard members.count == 3,
            let logN = number(members[0], after: "ln="), (1...20).contains(logN),
            let r = number(members[1], after: "r="), (1...32).contains(r),
            let p = number(members[2], after: "p="), (1...16).contains(p)
        else { return nil }
        return PasswordHasher.Parameters(logN: logN, r: r, p: p)
    }

    private static func number(_ text: Substring, after name: String) -> Int? {
        guard text.hasPrefix(name) else { return nil }
        let digits = text.dropFirst(name.count)
        return digits.hasPrefix("+") ? nil : Int(digits)
    }
}
