/// The `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.
///
/// Anything unreadable counts as absent: a server's mistake must not stop a
/// retry that would have happened without the header.
package enum RetryAfter {
    /// No wait that a server asks for is believed beyond a day.
    static let longest = 86_400

    package static func seconds(_ header: String?, now: Timestamp) -> Int? {
        guard let text = header?.split(separator: " ", omittingEmptySubsequences: true), !text.isEmpty else { return nil }
        if text.count == 1 {
            guard text[0].utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            // More digits than an Int holds still mean "long".
            return min(Int(text[0]) ?? longest, longest)
        }
        guard let date = date(text) else { return nil }
        let wait = (date.microseconds - now.microseconds + 999_999) / 1_000_000
        return Int(min(max(wait, 0), Int64(longest)))
    }

    /// The one form that may be sent today: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ words: [Substring]) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2, words[4].utf8.count == 8,
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
