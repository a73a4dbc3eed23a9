import TestSupport
import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(1))) struct SMTPSenderTests {
    private func message(_ number: Int = 1, text: String = "Text\n") throws -> SMTPMessage {
        SMTPMessage(
            MailMessage(
                from: try #require(MailAddress("jobs@example.com")), fromName: "Jobraker", to: try #require(MailAddress("ada@example.org")),
                toName: "Ada", subject: "Number \(number)", text: text, html: "<p>\(text)</p>", id: Identifier(rowID: Int64(number)),
                date: Timestamp(seconds: 1_795_658_834)))
    }

    private func server(_ stub: StubMailServer, _ change: (inout SMTPServer) -> Void = { _ in }) -> SMTPServer {
        var server = SMTPServer(host: "127.0.0.1", port: stub.port, security: .plain, timeoutSeconds: 10)
        change(&server)
        return server
    }

    /// Runs `body` with a sender, and stops the sender after it.
    private func withSender(_ body: (SMTPSender) async throws -> Void) async throws {
        let sender = SMTPSender()
        let result: Result<Void, any Error>
        do { result = .success(try await body(sender)) } catch { result = .failure(error) }
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                sender.stop()
                continuation.resume()
            }
        }
        try result.get()
    }

    private func failure(_ sender: SMTPSender, _ message: SMTPMessage, _ server: SMTPServer) async -> SMTPFailure? {
        do {
            try await sender.send(message, to: server)
            return nil
        } catch { return error }
    }

    @Test("A mail arrives as it was, full stops at the beginnings of lines included")
    func takes() async throws {
        try await StubMailServer.with { stub in
            try await withSender { sender in
                let sent = try message(text: ".\n..\nline\n.end\n")
                try await sender.send(sent, to: server(stub))
                try await sender.send(try message(2), to: server(stub))
                let mails = stub.mails
                #expect(mails.count == 2 && mails.allSatisfy { $0.from == "jobs@example.com" && $0.to == "ada@example.org" })
                #expect(mails.first.map { Array($0.data.utf8) } == sent.bytes)
                #expect(mails.first?.text == ".\r\n..\r\nline\r\n.end\r\n" && mails.last?.header("Subject") == "Number 2")
                #expect(stub.connectionCount == 2 && stub.commands.first == "EHLO example.com")
            }
        }
    }

    @Test("A login sends the name and the password, and a wrong one is no fault of the mail")
    func login() async throws {
        try await StubMailServer.with(.login(user: "jobs", password: "secret")) { stub in
            try await withSender { sender in
                try await sender.send(
                    try message(),
                    to: server(stub) {
                        $0.user = "jobs"
                        $0.password = "secret"
                    })
                let wrong = await failure(
                    sender, try message(2),
                    server(stub) {
                        $0.user = "jobs"
                        $0.password = "wrong"
                    })
                guard case .unreachable(let reason) = wrong else {
                    Issue.record("\(String(describing: wrong))")
                    return
                }
                #expect(reason.contains("535 5.7.8 no") && !reason.contains("wrong") && stub.mails.count == 1)
            }
        }
    }

    @Test(
        "A refusal says at which step, and with which words",
        arguments: [
            ("MAIL", "451 4.3.0 later", SMTPDialogue.Stage.sender), ("RCPT", "550 5.1.1 nobody", .recipient),
            ("RCPT", "450 4.2.0 greylisted", .recipient), ("DATA", "421 4.3.2 closing", .data), (".", "554 5.7.1 spam", .body),
            (".", "452 4.3.1 full", .body),
        ])
    func refusals(step: String, answer: String, stage: SMTPDialogue.Stage) async throws {
        try await StubMailServer.with(.refuse(at: step, answer)) { stub in
            try await withSender { sender in
                guard case .refused(let at, let reply) = await failure(sender, try message(), server(stub)) else {
                    Issue.record("it was no refusal")
                    return
                }
                #expect(at == stage && reply.text == answer)
            }
        }
    }

    @Test("A connection that breaks in the mail leaves open whether it was taken only when all of it was out")
    func cuts() async throws {
        try await StubMailServer.with(.cutAfterData) { stub in
            try await withSender { sender in
                guard case .cut(mayBeDelivered: true, _) = await failure(sender, try message(), server(stub)) else {
                    Issue.record("it was no cut after the mail")
                    return
                }
                #expect(stub.mails.count == 1)
            }
        }
        try await StubMailServer.with(.cutInData) { stub in
            try await withSender { sender in
                // More than fits into the sockets between the two.
                let small = try message()
                let large = SMTPMessage(from: small.from, to: small.to, bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 20))
                guard case .cut(mayBeDelivered: false, _) = await failure(sender, large, server(stub)) else {
                    Issue.record("it was no cut within the mail")
                    return
                }
                #expect(stub.mails.isEmpty)
            }
        }
    }

    @Test("A server that offers no TLS gets nothing where TLS is demanded")
    func demandsTLS() async throws {
        try await StubMailServer.with { stub in
            try await withSender { sender in
                guard case .unreachable = await failure(sender, try message(), server(stub) { $0.security = .startTLS }) else {
                    Issue.record("it was reached")
                    return
                }
                #expect(stub.mails.isEmpty && !stub.commands.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") })
            }
        }
    }

    @Test("Nobody listening is a failure that says nothing about the mail")
    func refusedConnection() async throws {
        try await withSender { sender in
            let server = SMTPServer(host: "127.0.0.1", port: closedPort(), security: .plain, timeoutSeconds: 5)
            guard case .unreachable = await failure(sender, try message(), server) else {
                Issue.record("it was reached")
                return
            }
        }
    }

    @Test("One that waits for its turn and is cancelled is never sent; a stop ends all that wait")
    func cancelled() async throws {
        let latch = Latch()
        try await StubMailServer.with(.hold(latch), .take) { stub in
            let sender = SMTPSender()
            let first = Task { try await sender.send(try message(1), to: server(stub)) }
            #expect(await eventually { stub.mails.count == 1 })
            let second = Task { try await sender.send(try message(2), to: server(stub)) }
            second.cancel()
            await #expect(throws: SMTPFailure.cancelled) { try await second.value }
            latch.open()
            try await first.value
            await withCheckedContinuation { continuation in
                BlockingWork.run {
                    sender.stop()
                    continuation.resume()
                }
            }
            #expect(await failure(sender, try message(3), server(stub)) == .cancelled)
            #expect(stub.mails.count == 1)
        }
    }
}
