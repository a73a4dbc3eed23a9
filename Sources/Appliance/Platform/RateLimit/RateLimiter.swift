import Synchronization

/// Counts requests by class and client, and says which are too many.
///
/// A client is its account, or without one its address; of an IPv6 address the first 64 bits count, for a household or
/// a server usually has that many to itself (RFC 6177). Two accounts behind one address do not share a bucket, and an
/// account has the same one from wherever it comes.
package final class RateLimiter: Sendable {
    /// Requests a minute for each class.
    package struct Limits: Sendable, Equatable {
        package var isEnabled: Bool
        package var authentication: Int
        package var reading: Int
        package var writing: Int
        package var assistant: Int
        package var message: Int

        package init(
            isEnabled: Bool = true, authentication: Int = 20, reading: Int = 1200, writing: Int = 300, assistant: Int = 30,
            message: Int = 120
        ) {
            self.isEnabled = isEnabled
            self.authentication = authentication
            self.reading = reading
            self.writing = writing
            self.assistant = assistant
            self.message = message
        }

        func perMinute(_ rateClass: RateClass) -> Int {
            switch rateClass {
            case .authentication: authentication
            case .reading: reading
            case .writing: writing
            case .assistant: assistant
            case .message: message
            }
        }
    }

    package enum Client: Sendable, Hashable {
        case account(Int64)
        case address(IPAddress)
        /// A peer without an address, as over a Unix socket.
        case unknown

        /// Who sent a request: the account, or without one the address.
        init(_ request: HTTPRequest) {
            if let caller = request.caller {
                self = .account(caller.accountRowID)
            } else {
                self = request.client.map { .address($0) } ?? .unknown
            }
        }
    }

    /// The verdict on one request, with what its client is told.
    package struct Verdict: Sendable, Equatable {
        package let rateClass: RateClass
        package let limit: Int
        package let decision: GCRA.Decision
    }

    private static let periodSeconds = 60

    private let table: BucketTable
    private let clock: any PlatformClock
    private let rules: Mutex<Rules>
    /// Refused requests, by class.
    private let refusals: [Atomic64]

    private struct Rules: Sendable {
        let limits: Limits
        /// Indexed by class.
        let algorithms: [GCRA]

        init(_ limits: Limits) {
            self.limits = limits
            algorithms = RateClass.allCases.map { GCRA(burst: limits.perMinute($0), period: periodSeconds) }
        }
    }

    /// An atomic cannot lie in an array.
    private final class Atomic64: Sendable {
        let value = Atomic<Int64>(0)
    }

    package init(_ limits: Limits, clock: any PlatformClock, table: BucketTable = BucketTable()) {
        self.table = table
        self.clock = clock
        rules = Mutex(Rules(limits))
        refusals = RateClass.allCases.map { _ in Atomic64() }
    }

    /// Takes over new limits. Buckets stay; what is in them is read by the new rule.
    package func replace(_ limits: Limits) {
        rules.withLock { if $0.limits != limits { $0 = Rules(limits) } }
    }

    /// Counts one request; nil when nothing is limited.
    package func judge(_ rateClass: RateClass, _ client: Client) -> Verdict? {
        let rules = rules.withLock { $0 }
        guard rules.limits.isEnabled else { return nil }
        let rule = rules.algorithms[Int(rateClass.rawValue)]
        let now = clock.now().microseconds
        let decision = table.withBucket(Self.fingerprint(rateClass, client), now: now) { rule.admit(fullAt: &$0, now: now) }
        if !decision.isAdmitted { refusals[Int(rateClass.rawValue)].value.add(1, ordering: .relaxed) }
        return Verdict(rateClass: rateClass, limit: rule.burst, decision: decision)
    }

    /// How many requests of a class were refused since the start.
    package func refused(_ rateClass: RateClass) -> Int64 { refusals[Int(rateClass.rawValue)].value.load(ordering: .relaxed) }

    /// 64 bits of a keyed hash, whose key nobody outside knows: no client can look for another one's bucket.
    private static func fingerprint(_ rateClass: RateClass, _ client: Client) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(rateClass.rawValue)
        switch client {
        case .account(let rowID):
            hasher.combine(1)
            hasher.combine(rowID)
        case .address(let address):
            hasher.combine(2)
            let bytes = address.bytes.count == 16 ? address.bytes[..<8] : address.bytes[...]
            for byte in bytes { hasher.combine(byte) }
        case .unknown:
            hasher.combine(3)
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// Too many requests: 429 in the contract's words.
package struct Throttled: HTTPFact, Equatable {
    /// At least one.
    package let seconds: Int

    package init(microseconds: Int64) { seconds = max(1, Int((microseconds + 999_999) / 1_000_000)) }

    package var status: Int { 429 }
    package var headers: [(name: String, value: String)] { [("Retry-After", String(seconds))] }

    package func writeBody(into writer: inout JSONWriter) {
        writer.object { $0.field("detail", "Request was throttled. Expected available in \(seconds) seconds.") }
    }
}
