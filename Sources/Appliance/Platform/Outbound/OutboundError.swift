/// Why an outbound request gave no whole response.
///
/// A response with an error status (404, 503) is not one of these: it is a
/// response, and its meaning belongs to whoever asked.
package enum OutboundError: Error, Sendable, Hashable {
    /// One of the four time limits of a request.
    package enum Limit: String, Sendable, Hashable {
        case connect, firstByte, idle, total
    }

    /// No connection came about: name not found, refused, TLS not agreed.
    /// Nothing of the request was sent, so repeating it is safe.
    case connect(String)
    case timeout(Limit)
    /// The response was longer than the request allowed.
    case tooLarge
    /// The request could not be sent, or the response stopped half-way or was not HTTP.
    case broken(String)
    /// The asking task was cancelled, the response was dropped, or the door is closed.
    case cancelled
    /// The address, or what its name stands for at the moment, is out of the request's reach (`OutboundReach`). Nothing
    /// was sent, and nothing was asked.
    case outOfReach
    /// The host failed often enough that it is left alone for a while.
    case breakerOpen(retryAfterSeconds: Int)
}
