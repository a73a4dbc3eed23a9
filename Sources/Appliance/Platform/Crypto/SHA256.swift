import CCrypto

/// The SHA-256 digest (FIPS 180-4), by libcrypto.
package enum SHA256 {
    package static let length = 32

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var state = SHA256State()
        bytes.withUnsafeBytes { state.add($0) }
        return state.finished()
    }
}

/// A digest that is under way: bytes may be added, and the state so far kept and copied.
///
/// Every step can fail in C only for want of memory or for a libcrypto without SHA-256.
/// Both end the process, as a failed allocation does everywhere in Swift: an empty
/// digest that travels on would be far worse.
struct SHA256State: ~Copyable {
    // Safety: the algorithm's descriptor is fetched once, never written afterwards,
    // never freed, and libcrypto's own reference count on it is atomic.
    private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    private let context: OpaquePointer?

    init() {
        context = Self.newContext()
        Self.demand(EVP_DigestInit_ex2(context, Self.algorithm, nil))
    }

    /// Continues from where `other` is now; `other` itself stays as it was.
    init(copying other: borrowing SHA256State) {
        context = Self.newContext()
        Self.demand(EVP_MD_CTX_copy_ex(context, other.context))
    }

    deinit { EVP_MD_CTX_free(context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        Self.demand(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    consuming func finished() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.length) { buffer, count in
            Self.demand(EVP_DigestFinal_ex(context, buffer.baseAddress, nil))
            count = SHA256.length
        }
    }

    private static func newContext() -> OpaquePointer? {
        let context = EVP_MD_CTX_new()
        precondition(context != nil, "no memory for a digest")
        return context
    }

    private static func demand(_ status: Int32) { precondition(status == 1, "libcrypto cannot compute SHA-256") }
}
