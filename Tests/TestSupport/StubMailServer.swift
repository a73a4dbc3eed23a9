import Glibc
import Synchronization

@testable import Platform

/// A mail as a `StubMailServer` received it.
package struct ReceivedMail: Sendable {
    package var from: String
    package var to: String
    /// What came between DATA and the full stop, with doubled full stops undone.
    package var data: String
    /// Whether the server said that it took it.
    package var wasTaken: Bool

    /// The first header of that name, unfolded; nil where there is none.
    package func header(_ name: String) -> String? {
        let head = data.firstRange(of: "\r\n\r\n").map { data[..<$0.lowerBound] } ?? data[...]
        let unfolded = head.replacing("\r\n ", with: " ").replacing("\r\n\t", with: " ")
        let line = unfolded.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        return line.map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }

    /// The text of the first part, decoded.
    package var text: String { part(0) }
    /// The text of the second part, decoded.
    package var html: String { part(1) }

    private func part(_ number: Int) -> String {
        let parts = data.split(separator: "\r\n--=_", omittingEmptySubsequences: false).dropFirst()
        guard parts.count > number, let part = Array(parts)[number].firstRange(of: "\r\n\r\n") else { return "" }
        return Self.decoded(Array(parts)[number][part.upperBound...])
    }

    /// Quoted-printable undone.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            let code = rest.prefix(2)
            rest = rest.dropFirst(2)
            if code.elementsEqual([13, 10]) { continue }
            bytes += Hex.decode(String(decoding: code, as: UTF8.self)) ?? []
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A mail server on 127.0.0.1 that does what its script says with each mail: takes it, refuses it at one step or
/// another, or breaks off. It speaks as much SMTP as libcurl does to it, without TLS.
///
/// It serves the behaviours in turn and repeats the last one.
package final class StubMailServer: Sendable {
    package enum Behaviour: Sendable {
        case take
        /// This line in answer to the step: `MAIL`, `RCPT`, `DATA`, or `.` for the mail itself.
        case refuse(at: String, String)
        /// Closes when the mail begins to come.
        case cutInData
        /// Reads the whole mail and closes without an answer.
        case cutAfterData
        /// Offers AUTH, and takes only this name and password.
        case login(user: String, password: String)
        /// Reads the whole mail and answers once the test opens the latch.
        case hold(Latch)
    }

    private struct State {
        var mails: [ReceivedMail] = []
        var commands: [String] = []
        var behaviours: [Behaviour]
    }

    private let listener = LoopbackListener()
    private let state: Mutex<State>

    package var port: Int { listener.port }

    /// All that came, taken or not, the oldest first.
    package var mails: [ReceivedMail] { state.withLock { $0.mails } }
    /// Every command line, without the mails.
    package var commands: [String] { state.withLock { $0.commands } }
    package var connectionCount: Int { listener.connectionCount }

    /// Runs `body` with a server, and stops the server after it.
    package static func with<T>(_ behaviours: Behaviour..., body: (StubMailServer) async throws -> T) async throws -> T {
        try await with(behaviours, body: body)
    }

    package static func with<T>(_ behaviours: [Behaviour], body: (StubMailServer) async throws -> T) async throws -> T {
        let server = StubMailServer(behaviours.isEmpty ? [.take] : behaviours)
        defer { server.listener.stop() }
        return try await body(server)
    }

    private init(_ behaviours: [Behaviour]) {
        state = Mutex(State(behaviours: behaviours))
        listener.start { [self] in serve($0) }
    }

    private func nextBehaviour() -> Behaviour {
        state.withLock { $0.behaviours.count > 1 ? $0.behaviours.removeFirst() : $0.behaviours.first ?? .take }
    }

    // MARK: One connection

    private func serve(_ peer: LoopbackConnection) {
        defer { peer.close() }
        let behaviour = nextBehaviour()
        var (from, to) = ("", "")
        peer.say("220-this is a stub", "220 ready")
        while let line = peer.readLine() {
            state.withLock { $0.commands.append(line) }
            let verb = line.prefix(4).uppercased()
            if case .refuse(let step, let answer) = behaviour, step == verb {
                peer.say(answer)
                continue
            }
            switch verb {
            case "EHLO":
                if case .login = behaviour { peer.say("250-stub", "250 AUTH PLAIN") } else { peer.say("250-stub", "250 8BITMIME") }
            case "AUTH": login(peer, behaviour)
            case "MAIL":
                from = Self.address(line)
                peer.say("250 2.1.0 ok")
            case "RCPT":
                to = Self.address(line)
                peer.say("250 2.1.5 ok")
            case "DATA":
                peer.say("354 go on")
                guard take(peer, behaviour, from: from, to: to) else { return }
            case "QUIT":
                peer.say("221 2.0.0 bye")
                return
            default: peer.say("502 5.5.1 what?")
            }
        }
    }

    /// False when the connection is over.
    private func take(_ peer: LoopbackConnection, _ behaviour: Behaviour, from: String, to: String) -> Bool {
        if case .cutInData = behaviour {
            peer.readSome()
            return false
        }
        var data = ""
        while let line = peer.readLine() {
            if line == "." { break }
            data += (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\r\n"
        }
        var mail = ReceivedMail(from: from, to: to, data: data, wasTaken: true)
        if case .cutAfterData = behaviour { mail.wasTaken = false }
        if case .refuse(".", _) = behaviour { mail.wasTaken = false }
        state.withLock { $0.mails.append(mail) }
        switch behaviour {
        case .cutAfterData: return false
        case .refuse(".", let answer): peer.say(answer)
        case .hold(let latch):
            latch.wait()
            peer.say("250 2.0.0 taken")
        default: peer.say("250-so", "250 2.0.0 taken")
        }
        return true
    }

    /// AUTH PLAIN, with its argument on a line of its own.
    private func login(_ peer: LoopbackConnection, _ behaviour: Behaviour) {
        peer.say("334 ")
        guard case .login(let user, let password) = behaviour, let line = peer.readLine(),
            let given = Base64.decode(line), given == [0] + Array(user.utf8) + [0] + Array(password.utf8)
        else { return peer.say("535 5.7.8 no") }
        peer.say("235 2.7.0 welcome")
    }

    private static func address(_ line: String) -> String {
        guard let start = line.firstIndex(of: "<"), let end = line.lastIndex(of: ">") else { return "" }
        return String(line[line.index(after: start)..<end])
    }
}

/// SMTP, line by line.
extension LoopbackConnection {
    fileprivate func say(_ lines: String...) { send(lines.map { $0 + "\r\n" }.joined()) }

    /// Waits for something and throws it away.
    fileprivate func readSome() {
        var piece: [UInt8] = []
        _ = receive(&piece)
    }

    /// The next line without its end; nil when the other side has gone.
    fileprivate func readLine() -> String? {
        var bytes = unread.withLock { $0 }
        while true {
            if let end = bytes.firstIndex(of: 10) {
                let line = bytes[..<end]
                let rest = Array(bytes[(end + 1)...])
                unread.withLock { $0 = rest }
                return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            }
            guard receive(&bytes) else { return nil }
        }
    }
}
