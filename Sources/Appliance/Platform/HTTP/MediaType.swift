/// A media type with its parameters: `multipart/form-data; boundary=x`.
package struct MediaType: Sendable, Equatable {
    /// `type/subtype` in lower case; empty when there is none.
    package let name: String
    /// Parameter names are in lower case, quotes are taken off values.
    package let parameters: [String: String]

    package init(_ text: some StringProtocol) {
        var pieces = Self.pieces(text)[...]
        name = ASCIIText.trimmed(pieces.popFirst() ?? "").lowercased()
        var parameters: [String: String] = [:]
        for piece in pieces {
            guard let equals = piece.firstIndex(of: "=") else { continue }
            let value = ASCIIText.trimmed(piece[piece.index(after: equals)...])
            parameters[ASCIIText.trimmed(piece[..<equals]).lowercased()] = Self.unquoted(value)
        }
        self.parameters = parameters
    }

    package var isJSON: Bool { name == "application/json" }
    package var isForm: Bool { name == "application/x-www-form-urlencoded" }
    package var isMultipart: Bool { name == "multipart/form-data" }

    /// Splits at semicolons outside quotes.
    private static func pieces(_ text: some StringProtocol) -> [String] {
        var pieces: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: ";"), !isQuoted {
                pieces.append([])
                continue
            }
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && isQuoted && !isEscaped
            pieces[pieces.count - 1].append(byte)
        }
        return pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text.dropFirst().dropLast().utf8 {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MediaType {
    /// Whether an `Accept` header can be satisfied. JSON routes also satisfy whoever asks for HTML: the original
    /// server showed them a page, and here they get the JSON. No header accepts everything.
    static func isAcceptable(_ accept: [String], produces: [String]) -> Bool {
        // What nearly every client sends needs no parsing.
        if accept.isEmpty || accept == ["*/*"] || (accept.count == 1 && accept.first == produces.first) { return true }
        let ranges = accept.flatMap { $0.split(separator: ",") }.map { MediaType($0) }.filter { !$0.name.isEmpty }
        guard !ranges.isEmpty else { return true }
        return produces.contains { type in
            let offered = MediaType(type).name
            return ranges.contains { range in
                guard !range.isRefused else { return false }
                if range.name == "*/*" || range.name == offered { return true }
                if offered == "application/json", range.name == "text/html" || range.name == "text/*" { return true }
                return range.name.hasSuffix("/*") && offered.hasPrefix(range.name.dropLast())
            }
        }
    }

    /// Whether a range says `q=0`.
    private var isRefused: Bool {
        guard let quality = parameters["q"] else { return false }
        return Double(quality) == 0
    }
}
