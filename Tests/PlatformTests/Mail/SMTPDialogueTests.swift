import Testing

@testable import Platform

@Suite struct SMTPDialogueTests {
    /// Plays a conversation: lines that begin with a digit are the server's, `body` is the mail.
    private func play(_ lines: [String]) -> SMTPDialogue {
        var dialogue = SMTPDialogue()
        for line in lines {
            if line == "body" {
                dialogue.sentWholeBody()
            } else if line.first?.isNumber == true {
                dialogue.received(line + "\r\n")
            } else {
                dialogue.sent(Array((line + "\r\n").utf8))
            }
        }
        return dialogue
    }

    private static let begin = ["220 hello", "EHLO x", "250-x", "250 AUTH PLAIN", "AUTH PLAIN", "334", "c2VjcmV0", "235 welcome"]
    private static let toData = begin + ["MAIL FROM:<a@b.example>", "250 ok", "RCPT TO:<c@d.example>", "250 ok", "DATA"]

    @Test("A mail is taken when its answer is 2xx, and not before")
    func taken() {
        let whole = Self.toData + ["354 go", "body", "250-so", "250 2.0.0 queued as 17"]
        #expect(play(whole).isAccepted)
        for count in 0..<whole.count { #expect(!play(Array(whole.prefix(count))).isAccepted, "\(count)") }
        // What comes after goodbye changes nothing.
        #expect(play(whole + ["QUIT", "421 hurry"]).isAccepted)
    }

    @Test("Where it ended decides what a failure is")
    func failures() {
        func failure(_ lines: [String]) -> SMTPFailure { play(lines).failure("reason") }
        #expect(failure([]) == .unreachable("reason"))
        #expect(failure(["220 hello", "EHLO x"]) == .unreachable("reason"))
        #expect(failure(["554 go away"]) == .unreachable("reason (554 go away)"))
        #expect(failure(Array(Self.begin.dropLast()) + ["535 5.7.8 no"]) == .unreachable("reason (535 5.7.8 no)"))
        #expect(failure(Self.begin + ["MAIL FROM:<a@b.example>"]) == .cut(mayBeDelivered: false, "reason"))
        #expect(failure(Self.toData) == .cut(mayBeDelivered: false, "reason"))
        #expect(failure(Self.toData + ["354 go"]) == .cut(mayBeDelivered: false, "reason"))
        #expect(failure(Self.toData + ["354 go", "body"]) == .cut(mayBeDelivered: true, "reason"))
    }

    @Test(
        "A refusal names the step that was refused",
        arguments: [
            (["MAIL FROM:<a@b.example>", "530 5.7.0 login first"], SMTPDialogue.Stage.sender, 530),
            (["MAIL FROM:<a@b.example>", "250 ok", "RCPT TO:<c@d.example>", "550 5.1.1 nobody"], .recipient, 550),
            (["MAIL FROM:<a@b.example>", "250 ok", "RCPT TO:<c@d.example>", "450 later"], .recipient, 450),
            (["MAIL FROM:<a@b.example>", "250 ok", "RCPT TO:<c@d.example>", "250 ok", "DATA", "451 later"], .data, 451),
            (
                [
                    "MAIL FROM:<a@b.example>", "250 ok", "RCPT TO:<c@d.example>", "250 ok", "DATA", "354 go", "body", "554 5.7.1 spam",
                    "QUIT",
                ],
                .body, 554
            ),
        ])
    func refusals(lines: [String], stage: SMTPDialogue.Stage, code: Int) {
        guard case .refused(let at, let reply) = play(Self.begin + lines).failure("reason") else {
            Issue.record("it was no refusal")
            return
        }
        #expect(at == stage && reply.code == code)
    }

    @Test(
        "Only an answer that is about the recipient's address marks it",
        arguments: [
            ("550 5.1.1 No such user", SMTPDialogue.Stage.recipient, true), ("550 No such user", .recipient, true),
            ("551 moved", .recipient, true),
            ("553 5.1.3 bad", .recipient, true), ("554 5.1.1 nobody", .body, true), ("550 5.2.1 disabled", .recipient, true),
            ("550 5.2.2 full", .recipient, false), ("554 5.7.1 relaying denied", .recipient, false), ("550 5.7.1 spam", .body, false),
            ("550 No such user", .body, false), ("550 No", .sender, false), ("553 5.1.8 your domain", .sender, false),
            ("450 4.1.1 later", .recipient, false), ("552 too large", .recipient, false), ("554 no", .recipient, false),
        ])
    func marks(line: String, stage: SMTPDialogue.Stage, marks: Bool) throws {
        #expect(try #require(SMTPReply(line)).concernsRecipient(at: stage) == marks)
    }

    @Test("A reply's line is read strictly, and its words are made harmless")
    func replies() throws {
        for line in ["", "2", "25", "abc", "199 x", "600 x", "-50 x", "250-more", "+25 x"] { #expect(SMTPReply(line) == nil, "\(line)") }
        let reply = try #require(SMTPReply("550 5.1.1 \u{1B}[2J no\u{7}body" + String(repeating: "x", count: 600)))
        #expect(reply.enhanced == "5.1.1" && reply.words.utf8.count <= 200 && !reply.words.utf8.contains { $0 < 0x20 })
        // A code of another class is somebody's words.
        #expect(try #require(SMTPReply("550 4.1.1 x")).enhanced == nil)
        #expect(try #require(SMTPReply("550 192.0.2.1 blocked")).enhanced == nil)
        #expect(try #require(SMTPReply("250")).text == "250")
    }
}
