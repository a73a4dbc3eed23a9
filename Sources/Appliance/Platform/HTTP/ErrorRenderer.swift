/// The one place where an error becomes an answer.
///
/// An `HTTPFact` is written as it says. Anything else is a fault of ours: the client learns that there was one
/// and the request's id, and the log gets the rest.
struct ErrorRenderer: Sendable {
    let log: Log

    func answer(to error: any Error, requestID: String) -> HTTPAnswer {
        if let fact = error as? any HTTPFact { return Self.answer(to: fact) }
        log.error("A request failed.", requestID: requestID, ["error": .string(String(reflecting: error))])
        return Self.answer(to: HTTPError.internalError)
    }

    static func answer(to fact: any HTTPFact) -> HTTPAnswer {
        var answer = HTTPAnswer.json(fact.status) { fact.writeBody(into: &$0) }
        answer.headers = fact.headers
        // Every 401 names its scheme (RFC 9110), also one that a feature throws without thinking of it.
        if fact.status == 401, answer.header("WWW-Authenticate") == nil {
            answer.headers.append(("WWW-Authenticate", #"Bearer realm="api""#))
        }
        return answer
    }
}
