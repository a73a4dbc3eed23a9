/// Where mail is handed over, and how the way there is secured.
package struct SMTPServer: Sendable, Hashable {
    package enum Security: String, Sendable, CaseIterable {
        /// Begins in the clear and demands TLS before anything else is said; a server that offers none gets nothing.
        case startTLS = "starttls"
        /// TLS from the first byte.
        case tls
        /// No TLS: for a relay on this machine.
        case plain = "none"
    }

    package var host: String
    package var port: Int
    package var security: Security
    /// Empty: no login.
    package var user: String
    package var password: String
    /// A PEM file with the authorities to believe in the place of the system's; empty for the system's.
    package var authorities: String
    /// How long a step, or the whole, may take.
    package var timeoutSeconds: Int

    package init(
        host: String, port: Int, security: Security, user: String = "", password: String = "", authorities: String = "",
        timeoutSeconds: Int = 30
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.authorities = authorities
        self.timeoutSeconds = timeoutSeconds
    }
}

/// One mail for one recipient, as SMTP takes it.
package struct SMTPMessage: Sendable {
    package let from: MailAddress
    package let to: MailAddress
    /// Header and body, lines ending in CRLF.
    package let bytes: [UInt8]

    package init(_ message: MailMessage) {
        self.init(from: message.from, to: message.to, bytes: message.bytes)
    }

    init(from: MailAddress, to: MailAddress, bytes: [UInt8]) {
        self.from = from
        self.to = to
        self.bytes = bytes
    }
}

/// Why a mail was not handed over, as far as the sender can know.
package enum SMTPFailure: Error, Sendable, Equatable {
    /// It did not come as far as the mail: no connection, no TLS, no login. It says nothing about mail or recipient.
    case unreachable(String)
    /// The server said no to a step that concerns the mail.
    case refused(SMTPDialogue.Stage, SMTPReply)
    /// It broke off in the middle. Once the mail had gone out whole, the server may have taken it, and nobody here knows.
    case cut(mayBeDelivered: Bool, String)
    /// More wait than are sent soon.
    case busy
    case cancelled
}
