import Platform

/// Values that are sent to every place where a route takes input.
enum HostileValues {
    /// Texts that would do harm if they were pasted into a statement, a pattern, a page, a log line or a file name.
    static let texts = [
        "' OR '1'='1", "'; DROP TABLE accounts; --", "\") UNION SELECT password_hash FROM accounts --", "%", "_", "\\", "NEAR(\"",
        "*\"unclosed a:b -c ^", "<script>alert(1)</script>", "../../etc/passwd", "\u{0}", "a\u{0}b", "\u{202E}gnp.exe",
        "\r\nSet-Cookie: a=b", "{{7*7}}${jndi:x}", "9223372036854775808", "-1", "1e400", "NaN",
        "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{130}\u{307}", "2026-02-30", " ", "",
    ]

    /// Values of every type but the one that a field takes, as JSON.
    static let values =
        [
            "null", "true", "0", "-1", "1.5", "1e400", "2147483648", "99999999999999999999", "[]", "{}", #"["a",null,[]]"#,
            #"{"a":1}"#, #""\ud800""#,
        ] + [nested(28, "[", "]"), nested(28, #"{"a":"#, "}", around: "1e400")]

    /// Bodies that are no object, and such as are no JSON at all.
    static let bodies: [[UInt8]] =
        ["null", "[]", "\"x\"", #"[{"a":1}]"#, "NaN", "{", "\u{FEFF}{}", nested(60, "[", "]")].map { Array($0.utf8) }
        + [[0xFF], [0x22, 0xC3, 0x28, 0x22], [0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D], [0]]

    /// Texts of a path or a query, encoded; some of them are no UTF-8, and some no encoding.
    static let inQueries = texts.filter { !$0.isEmpty }.map(encode) + broken + [encode(String(repeating: "x", count: 500))]

    /// Fewer for paths, of which there are many, and which name things in two forms only.
    static let inPaths =
        ["' OR '1'='1", "\u{0}", "a\u{0}b", "..%2f..%2f", "-1", "0", "9223372036854775808", "1e400", "\u{1F469}", " "].map(encode)
        + broken + [encode(String(repeating: "x", count: 2_000)), "00000000-0000-0000-0000-000000000000"]

    /// What is no UTF-8, no encoding, or a NUL.
    static let broken = ["%ff", "%c3%28", "%ed%a0%80", "%c0%80", "%f5%80%80%80", "%", "%zz", "a%00b"]

    /// Without those that a header cannot hold.
    static let inHeaders = texts.filter { text in !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }

    static func encode(_ text: String) -> String { text.utf8.map { ($0 < 16 ? "%0" : "%") + String($0, radix: 16) }.joined() }

    static func nested(_ depth: Int, _ open: String, _ close: String, around inner: String = "") -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    /// A list of so many zeros.
    static func list(_ count: Int) -> String { "[0" + String(repeating: ",0", count: count - 1) + "]" }

    static func long(_ count: Int) -> String { "\"" + String(repeating: "x", count: count) + "\"" }
}
