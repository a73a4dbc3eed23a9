/// A request as a route sees it: whole, checked, and with its caller known.
package struct HTTPRequest: Sendable {
    package var method: String
    /// The path as it was sent, percent-encoded and without the query.
    package var path: String
    package var rawQuery: String
    /// The decoded texts of the pattern's `{name}` segments.
    package var parameters: [String: String]
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var requestID: String
    /// The client's address, behind the proxies that are trusted; nil when it has none (a Unix socket).
    package var client: IPAddress?
    package var caller: Caller?
    package var isSecure: Bool
    package var host: String
    package var received: Timestamp
    /// The configured address of the server, which absolute URLs start with when there is one.
    package var publicURL: String?

    package init(
        method: String, path: String, rawQuery: String = "", parameters: [String: String] = [:], headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [], requestID: String = "", client: IPAddress? = nil, caller: Caller? = nil, isSecure: Bool = false,
        host: String = "localhost", received: Timestamp, publicURL: String? = nil
    ) {
        self.method = method
        self.path = path
        self.rawQuery = rawQuery
        self.parameters = parameters
        self.headers = headers
        self.body = body
        self.requestID = requestID
        self.client = client
        self.caller = caller
        self.isSecure = isSecure
        self.host = host
        self.received = received
        self.publicURL = publicURL
    }

    /// The client's address as text, `-` for none.
    package var clientAddress: String { client?.description ?? "-" }

    /// The last value of a query parameter, as the original server takes it.
    package func query(_ name: String) -> String? {
        rawQuery.isEmpty ? nil : queryFields.last { $0.name == name }?.value
    }

    package func queryAll(_ name: String) -> [String] {
        queryFields.filter { $0.name == name }.map(\.value)
    }

    /// The query's fields in order.
    package var queryFields: [(name: String, value: String)] {
        PercentCoding.fields(rawQuery[...].utf8)
    }

    /// The caller, or the 401 that says there is none.
    package func requireCaller() throws -> Caller {
        guard let caller else { throw HTTPError.notAuthenticated }
        return caller
    }

    /// An absolute URL for a path of this server.
    package func absoluteURL(_ path: String) -> String {
        if let publicURL { return publicURL + path }
        return (isSecure ? "https://" : "http://") + host + path
    }

    package var contentType: MediaType {
        MediaType(headers["content-type"] ?? "")
    }

    /// The fields of the body as one JSON value; an empty body is an empty object.
    ///
    /// A field that a form repeats becomes an array, and a file is not among them. Throws the 400 that tells
    /// what is wrong with the body.
    package func json() throws -> JSONValue {
        guard !body.isEmpty else { return .object(JSONObject()) }
        let type = contentType
        if type.isForm || type.isMultipart { return try form().object }
        do {
            return try JSONValue.parse(body)
        } catch {
            throw HTTPError.malformedJSON(error.reason)
        }
    }

    /// The body as a form. A body that is none (JSON, or empty) has no fields.
    package func form() throws -> FormData {
        let type = contentType
        if type.isForm { return FormData(urlencoded: body) }
        guard type.isMultipart, !body.isEmpty else { return FormData() }
        return try FormData(multipart: body, boundary: type.parameters["boundary"])
    }

    /// The last file that was uploaded under that name.
    package func file(_ name: String) throws -> UploadedFile? {
        try form().files.last { $0.name == name }
    }
}
