/// What is said between this server and the one that takes its mail: how far it is, and what the last answer was.
///
/// A value that is told each line and says what a failure means. libcurl itself only knows that it failed.
package struct SMTPDialogue: Sendable {
    /// The step that the last command belongs to.
    package enum Stage: String, Sendable, Comparable {
        /// Connection, greeting, TLS and login.
        case greeting
        case sender
        case recipient
        /// The question whether the mail may come.
        case data
        /// The mail itself, and the answer to it.
        case body

        private var rank: Int {
            switch self {
            case .greeting: 0
            case .sender: 1
            case .recipient: 2
            case .data: 3
            case .body: 4
            }
        }

        package static func < (left: Stage, right: Stage) -> Bool { left.rank < right.rank }
    }

    private(set) var stage = Stage.greeting
    /// The answer to the last command, when it has come.
    private(set) var reply: SMTPReply?
    /// Whether the last byte of the mail was handed to the network.
    private(set) var bodyIsSent = false
    /// Whether goodbye was said: what comes then changes nothing.
    private(set) var isOver = false

    /// A command went out. What it says after its first word (a password, in a login) is not kept.
    mutating func sent(_ command: some Collection<UInt8>) {
        guard !isOver else { return }
        switch String(decoding: command.prefix(4), as: UTF8.self).uppercased() {
        case "MAIL": stage = .sender
        case "RCPT": stage = .recipient
        case "DATA": stage = .data
        case "QUIT":
            isOver = true
            return
        default: break
        }
        reply = nil
    }

    mutating func received(_ line: String) {
        guard !isOver, let new = SMTPReply(line) else { return }
        // 354 invites the mail; the next answer is about it.
        if stage == .data, new.code == 354 {
            stage = .body
            reply = nil
        } else {
            reply = new
        }
    }

    mutating func sentWholeBody() { bodyIsSent = true }

    /// Whether the server has taken the mail over.
    var isAccepted: Bool { stage == .body && bodyIsSent && reply.map { 200..<300 ~= $0.code } ?? false }

    /// What a failure is that ended it here; `reason` is libcurl's word for it.
    func failure(_ reason: String) -> SMTPFailure {
        let refusal = reply.flatMap { $0.code >= 400 ? $0 : nil }
        guard stage > .greeting else { return .unreachable(refusal.map { "\(reason) (\($0.text))" } ?? reason) }
        if let refusal { return .refused(stage, refusal) }
        return .cut(mayBeDelivered: stage == .body && bodyIsSent, reason)
    }
}
