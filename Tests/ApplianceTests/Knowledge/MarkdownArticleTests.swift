import Testing

@testable import Appliance

@Suite struct MarkdownArticleTests {
    private func parse(_ text: String, file: String = "notes/pay-talks.md") throws -> Article {
        try MarkdownArticle.parse(Array(text.utf8), file: file)
    }

    @Test("Front matter names the article's fields")
    func frontMatter() throws {
        let article = try parse(
            """
            ---
            title: "Talking about pay"
            slug: Pay Talks!
            source_type: career_advice
            category: salary
            tags: pay, offers
            active: false

            ---

            Ask early.
            """)
        #expect(
            article
                == Article(
                    title: "Talking about pay", slug: "pay-talks", content: "Ask early.", sourceType: "career_advice", category: "salary",
                    tags: "pay, offers", isActive: false))
    }

    @Test("Without front matter the first heading is the title and the file's name the slug")
    func heading() throws {
        let article = try parse("\n# Talking about pay\r\n\r\nAsk early.\r\n")
        #expect(article.title == "Talking about pay")
        #expect(article.slug == "pay-talks")
        #expect(article.content == "# Talking about pay\n\nAsk early.")
        #expect(article.isActive)
    }

    @Test(
        "A mistake is reported with its file and line",
        arguments: [
            ("---\ntitle: A\n", 1, "the front matter has no closing --- line"),
            ("---\ntitle A\n---\nx", 2, "expected key: value"),
            ("---\ntitle: A\nauthor: B\n---\nx", 3, "unknown key \"author\""),
            ("---\nactive: perhaps\n---\nx", 2, "active: expected true or false, found \"perhaps\""),
            ("no heading here", 1, "title: missing"),
            ("---\ntitle: A\n---\n", 1, "content: the article is empty"),
            (
                "---\ntitle: A\nsource: blog\n---\nx", 1,
                "source_type: \"blog\" is not one of career_advice, faq, interview_tips, company_profile, industry_insight, other"
            ),
            ("---\ntitle: A\nslug: '!!'\n---\nx", 1, ""),
        ])
    func mistakes(text: String, line: Int, message: String) throws {
        if message.isEmpty {
            // A slug without letters falls back to the file's name.
            #expect(try parse(text).slug == "pay-talks")
            return
        }
        let expected = MarkdownArticle.Problem(file: "notes/pay-talks.md", line: line, message: message)
        #expect(throws: expected) { try parse(text) }
        #expect(expected.text == "notes/pay-talks.md:\(line): \(message)")
    }

    @Test("Bytes that are not UTF-8 and names without letters are refused")
    func unusable() {
        #expect(throws: MarkdownArticle.Problem(file: "a.md", line: 1, message: "the file is not UTF-8 text")) {
            try MarkdownArticle.parse([0xFF, 0xFE], file: "a.md")
        }
        #expect(
            throws: MarkdownArticle.Problem(
                file: "!!.md", line: 1, message: "slug: none can be made from the title; name one in the front matter")
        ) { try MarkdownArticle.parse(Array("# A\nb".utf8), file: "!!.md") }
    }

    @Test("A field beyond its length is named with its limit")
    func tooLong() throws {
        var article = Article(title: String(repeating: "t", count: 256), slug: "s", content: "c")
        #expect(article.problem == "title: more than 255 characters")
        article.title = "t"
        article.category = String(repeating: "c", count: 101)
        #expect(article.problem == "category: more than 100 characters")
        article.category = ""
        #expect(article.problem == nil)
    }

    @Test(
        "Slugs hold ASCII letters and digits with single dashes",
        arguments: [
            ("Talking about Pay", "talking-about-pay"), ("  C++ & Rust!  ", "c-rust"), ("Über-Jobs 2026", "ber-jobs-2026"), ("!!!", ""),
        ])
    func slugs(text: String, slug: String) { #expect(Article.slug(from: text) == slug) }
}
