import Platform

/// Why a provider gave no usable answer.
///
/// The detail is for the log: it may quote the provider, though never the key.
enum ProviderFailure: Error, Sendable, Hashable {
    /// It refused, could not be reached, broke off, or answered something else.
    /// Also when the asking task was cancelled, which that task can tell itself.
    case failed(detail: String)
    /// It failed so often that it is left alone for a while.
    case unavailable(retryAfterSeconds: Int)
    case timeout(OutboundError.Limit)

    init(_ error: OutboundError) {
        self =
            switch error {
            case .connect(let detail): .failed(detail: "no connection: \(detail)")
            case .timeout(let limit): .timeout(limit)
            case .tooLarge: .failed(detail: "the answer is longer than the limit")
            case .broken(let detail): .failed(detail: "the exchange broke off: \(detail)")
            case .cancelled: .failed(detail: "the request was cancelled")
            case .outOfReach: .failed(detail: "the address may not be asked")
            case .breakerOpen(let seconds): .unavailable(retryAfterSeconds: seconds)
            }
    }
}
