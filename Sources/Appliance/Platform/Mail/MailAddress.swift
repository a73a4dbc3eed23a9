/// An address that mail can be sent to: `local@domain`, in ASCII.
///
/// What it holds can stand in a header and in an SMTP command as it is: no control character, no blank, no bracket
/// and no comma gets into one. So it refuses some addresses that the standard allows, those with such characters in
/// quotes, and those with letters beyond ASCII, which need an extension (SMTPUTF8) that this server does not speak.
package struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// What stands behind the last `@`.
    package var domain: Substring { description[(description.lastIndex(of: "@") ?? description.startIndex)...].dropFirst() }

    package init?(_ text: String) {
        guard text.utf8.count <= 254, EmailForm.accepts(text), text.utf8.allSatisfy(Self.isHarmless) else { return nil }
        description = text
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !#"<>(),;\"#.utf8.contains(byte)
    }
}
