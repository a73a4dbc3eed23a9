import Synchronization

/// What of the HTTP side can be changed while the server runs.
///
/// A request takes one copy when it arrives, so that it sees one state from start to end.
package final class HTTPSettings: Sendable {
    package struct Values: Sendable {
        /// Origins that may read answers from a browser, such as `https://jobs.example.org`; `*` allows every one.
        package var allowedOrigins: [String]
        /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
        package var trustedProxies: [CIDR]
        /// The address that clients use, without a slash at its end; nil takes it from each request.
        package var publicURL: String?
        /// Whether answers over HTTPS carry `Strict-Transport-Security`.
        package var strictTransportSecurity: Bool
        /// The port to which plain listeners that ask for HTTPS send browsers; nil serves plain HTTP to everybody.
        package var httpsPort: Int?

        package init(
            allowedOrigins: [String] = [], trustedProxies: [CIDR] = [], publicURL: String? = nil, strictTransportSecurity: Bool = false,
            httpsPort: Int? = nil
        ) {
            self.allowedOrigins = allowedOrigins
            self.trustedProxies = trustedProxies
            self.publicURL = publicURL
            self.strictTransportSecurity = strictTransportSecurity
            self.httpsPort = httpsPort
        }
    }

    private let values: Mutex<Values>

    package init(_ values: Values = Values()) {
        self.values = Mutex(values)
    }

    package var current: Values {
        values.withLock { $0 }
    }

    package func replace(_ new: Values) {
        values.withLock { $0 = new }
    }

    /// Changes one of the values and leaves the others to whoever else is changing them.
    package func set<Value: Sendable>(_ path: any WritableKeyPath<Values, Value> & Sendable, _ value: Value) {
        values.withLock { $0[keyPath: path] = value }
    }
}
