/// One page of a list in the contract's page-number form.
///
/// `page` counts from 1 and may be `last`; anything else, or a page behind the end, is `404 Invalid page.` The
/// first page exists even when the list is empty.
package struct Page: Sendable {
    /// How many items a page holds.
    package enum Size: Sendable {
        case fixed(Int)
        /// The client's `page_size`, when it is a positive number; more than the maximum counts as the maximum.
        case client(standard: Int, maximum: Int)

        package static let standard = Size.fixed(20)
        package static let sessions = Size.client(standard: 10, maximum: 100)
    }

    private enum Number: Sendable {
        case at(Int)
        case last
    }

    package let size: Int
    private let number: Number

    package init(_ request: HTTPRequest, size: Size = .standard) throws {
        switch size {
        case .fixed(let items):
            self.size = max(1, items)
        case .client(let standard, let maximum):
            self.size = request.query("page_size").flatMap(Self.integer).flatMap { $0 > 0 ? min($0, maximum) : nil } ?? standard
        }
        switch request.query("page") {
        case nil, "": number = .at(1)
        case "last": number = .last
        case .some(let text):
            guard let value = Self.integer(text), value >= 1 else { throw HTTPError.invalidPage }
            number = .at(value)
        }
    }

    /// The page's number, once the list's length is known; throws for a page behind the end.
    package func number(count: Int) throws -> Int {
        let pages = max(1, (count + size - 1) / size)
        switch number {
        case .last:
            return pages
        case .at(let value):
            guard value <= pages else { throw HTTPError.invalidPage }
            return value
        }
    }

    /// How many items come before the page.
    package func offset(count: Int) throws -> Int {
        (try number(count: count) - 1) * size
    }

    /// The answer: `{"count","next","previous","results"}`, with what `items` writes as the results' elements.
    package func envelope(_ request: HTTPRequest, count: Int, items: (inout JSONWriter) throws -> Void) throws -> HTTPAnswer {
        let number = try number(count: count)
        return try HTTPAnswer.json { writer in
            try writer.object { writer in
                writer.field("count", count)
                writer.field("next", number * size < count ? Self.link(request, page: number + 1) : nil)
                writer.field("previous", number > 1 ? Self.link(request, page: number - 1) : nil)
                try writer.array("results", items)
            }
        }
    }

    /// The request's own URL with another page. The query's fields are sorted by name and encoded anew, and the
    /// first page has no `page`: so the original server writes them, and clients compare them.
    package static func link(_ request: HTTPRequest, page: Int) -> String {
        var fields = request.queryFields.filter { $0.name != "page" }
        if page > 1 { fields.append(("page", String(page))) }
        let sorted = fields.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
        let query = sorted.map { PercentCoding.encodeForm($0.element.name) + "=" + PercentCoding.encodeForm($0.element.value) }
        return request.absoluteURL(request.path) + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// A whole number as the original server reads it: with blanks around it and a sign before it.
    private static func integer(_ text: String) -> Int? {
        Int(ASCIIText.trimmed(text))
    }
}
