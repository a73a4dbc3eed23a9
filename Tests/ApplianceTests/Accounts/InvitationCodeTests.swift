import Platform
import Testing

@testable import Appliance

@Suite struct InvitationCodeTests {
    /// Gives the numbers from `first` on.
    private struct Counting: RandomSource {
        let first: UInt8
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { first &+ UInt8($0) } }
    }

    @Test("A code is written in six groups of five symbols, each of which can be any of thirty-two")
    func written() {
        #expect(InvitationCode(random: Counting(first: 0)).text == "01234-56789-ABCDE-FGHJK-MNPQR-STVWX")
        #expect(InvitationCode(random: Counting(first: 30)).text == "YZ012-34567-89ABC-DEFGH-JKMNP-QRSTV")
        // Only the lowest five bits of a byte count.
        #expect(InvitationCode(random: Counting(first: 224)).text == InvitationCode(random: Counting(first: 0)).text)
    }

    @Test("No two codes are the same")
    func different() {
        let codes = (0..<200).map { _ in InvitationCode(random: SystemRandom()).text }
        #expect(Set(codes).count == 200)
        #expect(codes.allSatisfy { $0.wholeMatch(of: #/[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){5}/#) != nil })
    }

    @Test(
        "A code is read however it was copied",
        arguments: [
            "01234-56789-ABCDE-FGHJK-MNPQR-STVWX", "0123456789ABCDEFGHJKMNPQRSTVWX", "0123456789abcdefghjkmnpqrstvwx",
            "01234 56789 abcde FGHJK MNPQR STVWX", " \t01234-56789-\r\nABCDE-FGHJK-MNPQR-STVWX\n", "--0123456789ABCDEFGHJKMNPQRSTVWX--",
            "01234\u{2013}56789\u{2011}ABCDE\u{2014}FGHJK\u{A0}MNPQR\u{3000}STVWX", "OI234-56789-ABCDE-FGHJK-MNPQR-STVWX",
            "oi234-56789-ABCDE-FGHJK-MNPQR-STVWX", "ol234-56789-ABCDE-FGHJK-MNPQR-STVWX", "0L234-56789-ABCDE-FGHJK-MNPQR-STVWX",
            "0123456789ABCDEFGHJKMNPQRSTVWX".map(String.init).joined(separator: "\u{2013}"),
        ])
    func read(text: String) {
        #expect(InvitationCode(text) == InvitationCode(random: Counting(first: 0)))
    }

    @Test(
        "Anything else is no code",
        arguments: [
            "", "-", "01234-56789-ABCDE-FGHJK-MNPQR-STVW", "01234-56789-ABCDE-FGHJK-MNPQR-STVWXY", "U1234-56789-ABCDE-FGHJK-MNPQR-STVWX",
            "01234_56789_ABCDE_FGHJK_MNPQR_STVWX", "01234.56789.ABCDE.FGHJK.MNPQR.STVWX", "\u{0}0123456789ABCDEFGHJKMNPQRSTVWX",
            "0123456789ABCDEFGHJKMNPQRSTVWX\u{0}", "\u{FF10}123456789ABCDEFGHJKMNPQRSTVWX", "Ø123456789ABCDEFGHJKMNPQRSTVWX",
            "' OR '1'='1' -- ABCDEFGHJKMNPQR", "0123456789ABCDEFGHJKMNPQRSTVWX" + String(repeating: "-", count: 99),
            String(repeating: "0", count: 200),
        ])
    func refused(text: String) {
        #expect(InvitationCode(text) == nil)
    }

    @Test("What is stored is the hash of the symbols alone, so that every spelling has the same one")
    func hash() {
        let code = InvitationCode(random: Counting(first: 0))
        #expect(code.hash == SHA256.hash(Array("0123456789ABCDEFGHJKMNPQRSTVWX".utf8)))
        #expect(InvitationCode("oi234 56789 abcde fghjk mnpqr stvwx")?.hash == code.hash)
        #expect(InvitationCode(random: Counting(first: 1)).hash != code.hash)
    }
}
