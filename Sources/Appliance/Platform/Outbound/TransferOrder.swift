/// What the transfer thread needs to carry out one request.
struct TransferOrder: Sendable {
    let id: UInt64
    let request: OutboundRequest
    let channel: ResponseChannel
    /// Told how it ended, before the reader is: the status if there was one, and the error.
    let ended: @Sendable (_ status: Int?, _ error: OutboundError?) -> Void
}
