/// What an error must tell before it can be sent to an HTTP client: a status, a body, and headers if any.
///
/// A feature's error enum conforms in the feature itself, so that the words stand beside the facts they
/// describe; one renderer turns the fact into a response. An error that does not conform is not meant for a
/// client and becomes a 500 that says nothing.
package protocol HTTPFact: Error {
    /// The HTTP status, 400 to 599.
    var status: Int { get }

    /// Headers that belong to the error (`WWW-Authenticate`, `Allow`, `Retry-After`). None by default.
    var headers: [(name: String, value: String)] { get }

    /// Writes the body as one JSON object. It must hold nothing that the client may not see.
    func writeBody(into writer: inout JSONWriter)
}

extension HTTPFact {
    package var headers: [(name: String, value: String)] { [] }
}
