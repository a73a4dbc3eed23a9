import Platform

/// A knowledge article: advice, an occupation, a company profile, an answered question.
struct Article: Sendable, Equatable {
    static let sourceTypes = ["career_advice", "faq", "interview_tips", "company_profile", "industry_insight", "other"]

    var title: String
    /// Names the article across imports; the same slug is the same article.
    var slug: String
    var content: String
    var sourceType = "other"
    var category = ""
    /// Comma-separated, as the original kept them.
    var tags = ""
    var isActive = true

    /// A slug from a title or a file's name: ASCII letters and digits with dashes between, at most 255 bytes.
    static func slug(from text: String) -> String {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars {
            if scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty && !slug.hasSuffix("-") {
                slug += "-"
            }
        }
        while slug.hasSuffix("-") { slug.removeLast() }
        return String(slug.prefix(255))
    }

    /// The first rule that the article breaks, in words that name the field, or nil.
    var problem: String? {
        for (name, value, limit) in [("title", title, 255), ("category", category, 100), ("tags", tags, 255), ("slug", slug, 255)]
        where value.unicodeScalars.count > limit {
            return "\(name): more than \(limit) characters"
        }
        if title.isEmpty { return "title: missing" }
        if slug.isEmpty { return "slug: none can be made from the title; name one in the front matter" }
        if content.isEmpty { return "content: the article is empty" }
        if !Self.sourceTypes.contains(sourceType) {
            return "source_type: \"\(sourceType)\" is not one of \(Self.sourceTypes.joined(separator: ", "))"
        }
        return nil
    }
}
