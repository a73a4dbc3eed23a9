/// The rules of CORS, as the original server's middleware kept them.
enum CrossOrigin {
    /// The origin to allow: the request's own, if it is on the list. It is echoed and never `*`, because
    /// answers to it carry credentials.
    static func allowed(_ origin: String?, by origins: [String]) -> String? {
        guard let origin, !origin.isEmpty else { return nil }
        return origins.contains { $0 == "*" || ASCIIText.equalIgnoringCase($0, origin) } ? origin : nil
    }

    static func isPreflight(method: String, headers: HTTPHeaders) -> Bool {
        method == "OPTIONS" && headers["access-control-request-method"] != nil && headers["origin"] != nil
    }

    /// The answer to a preflight. An origin that is not allowed gets the same 200 without the headers that
    /// would permit anything.
    static func preflight(isAllowed: Bool) -> HTTPAnswer {
        guard isAllowed else { return .empty(200) }
        return HTTPAnswer(
            status: 200,
            headers: [
                ("Access-Control-Allow-Headers", "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with"),
                ("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT"),
                ("Access-Control-Max-Age", "86400"),
            ])
    }
}
