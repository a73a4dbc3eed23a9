import NIOHTTP1

/// The header fields of a request, in the order they came; names match without regard to case.
///
/// It wraps the parser's own list, so that a request costs no dictionary.
package struct HTTPHeaders: Sendable {
    private let wire: NIOHTTP1.HTTPHeaders

    init(wire: NIOHTTP1.HTTPHeaders) {
        self.wire = wire
    }

    package init(_ fields: [(String, String)] = []) {
        wire = NIOHTTP1.HTTPHeaders(fields)
    }

    /// The first field of that name.
    package subscript(_ name: String) -> String? {
        wire.first(name: name)
    }

    /// Every field of that name.
    package func all(_ name: String) -> [String] {
        wire[name]
    }

    /// The elements of a list header, over all its lines, trimmed; empty ones are left out.
    package func list(_ name: String) -> [Substring] {
        wire[canonicalForm: name].filter { !$0.isEmpty }
    }
}
