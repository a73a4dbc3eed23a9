/// Reads one Markdown file as a knowledge article.
///
/// An optional front matter between two `---` lines holds `key: value` lines
/// (title, slug, source_type or source, category, tags, active). Without a
/// title there, the first `# heading` is it; without a slug, it is made from the file's name.
struct MarkdownArticle {
    /// A problem in a file, at a line that counts from 1.
    struct Problem: Error, Equatable {
        let file: String
        let line: Int
        let message: String

        var text: String { "\(file):\(line): \(message)" }
    }

    static func parse(_ bytes: [UInt8], file: String) throws(Problem) -> Article {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(file: file, line: 1, message: "the file is not UTF-8 text")
        }
        let plain = text.replacingCarriageReturns()
        var lines = plain.split(separator: "\n", omittingEmptySubsequences: false)[...]
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let stem = name.hasSuffix(".md") ? String(name.dropLast(3)) : name
        var article = Article(title: "", slug: "", content: "")
        if lines.first == "---" { try readFrontMatter(&lines, into: &article, file: file) }
        if article.title.isEmpty, let heading = lines.first(where: { !$0.trimmed.isEmpty }), heading.hasPrefix("# ") {
            article.title = String(heading.dropFirst(2).trimmed)
        }
        if article.slug.isEmpty { article.slug = Article.slug(from: stem) }
        article.content = String(lines.joined(separator: "\n").trimmed)
        if let problem = article.problem { throw Problem(file: file, line: 1, message: problem) }
        return article
    }

    private static func readFrontMatter(_ lines: inout ArraySlice<Substring>, into article: inout Article, file: String) throws(Problem) {
        let start = lines.startIndex
        guard let end = lines.dropFirst().firstIndex(of: "---") else {
            throw Problem(file: file, line: 1, message: "the front matter has no closing --- line")
        }
        for index in (start + 1)..<end where !lines[index].trimmed.isEmpty {
            let line = index - start + 1
            guard let colon = lines[index].firstIndex(of: ":") else {
                throw Problem(file: file, line: line, message: "expected key: value")
            }
            let key = lines[index][..<colon].trimmed
            let value = unquoted(lines[index][lines[index].index(after: colon)...].trimmed)
            switch key {
            case "title": article.title = value
            case "slug": article.slug = Article.slug(from: value)
            case "category": article.category = value
            case "tags": article.tags = value
            case "source", "source_type": article.sourceType = value
            case "active", "is_active":
                guard value == "true" || value == "false" else {
                    throw Problem(file: file, line: line, message: "active: expected true or false, found \"\(value)\"")
                }
                article.isActive = value == "true"
            default:
                throw Problem(file: file, line: line, message: "unknown key \"\(key)\"")
            }
        }
        lines = lines[(end + 1)...]
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else { return String(text) }
        return String(text.dropFirst().dropLast())
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Without white space at either end.
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start.prefix(0) }
        return start[...last]
    }
}

extension String {
    /// Line ends of every system as `\n`.
    func replacingCarriageReturns() -> String {
        guard utf8.contains(13) else { return self }
        var out = ""
        for character in self { out.append(character == "\r\n" || character == "\r" ? "\n" : character) }
        return out
    }
}
