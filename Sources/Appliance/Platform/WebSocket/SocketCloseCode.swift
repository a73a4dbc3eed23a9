/// The codes that sockets are closed with: RFC 6455, 7.4.1, and the contract's own.
package enum SocketCloseCode {
    package static let normal: UInt16 = 1000
    package static let goingAway: UInt16 = 1001
    package static let protocolError: UInt16 = 1002
    package static let unsupportedData: UInt16 = 1003
    /// Never sent: there was no code.
    package static let noCode: UInt16 = 1005
    /// Never sent: there was no goodbye.
    package static let abnormal: UInt16 = 1006
    package static let invalidText: UInt16 = 1007
    package static let policy: UInt16 = 1008
    package static let tooBig: UInt16 = 1009
    package static let internalError: UInt16 = 1011
    package static let tryAgainLater: UInt16 = 1013
    /// Who opened the socket is logged out.
    package static let unauthenticated: UInt16 = 4401
    package static let forbidden: UInt16 = 4403
    package static let notFound: UInt16 = 4404

    /// Whether a client may send it (RFC 6455, 7.4, and the registry that it founded).
    static func isAllowed(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
