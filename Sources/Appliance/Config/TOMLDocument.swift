import CTOML

/// A TOML text as a flat list of its leaves, in the order of the text.
struct TOMLDocument {
    struct Place: Sendable, Equatable {
        let line: Int
        let column: Int
    }

    /// What a value is, whatever it says.
    enum Kind: Sendable, Equatable {
        case string, integer, number, boolean, time, array, table
    }

    enum Value: Equatable {
        case string(String)
        case integer(Int)
        case number(Double)
        case boolean(Bool)
        case array([Item])
        /// A kind that no setting has.
        case other(Kind)
    }

    /// An element of an array; `text` is nil when it is not a string.
    struct Item: Equatable {
        let kind: Kind
        let text: String?
        let place: Place
    }

    struct Leaf: Equatable {
        /// The whole key, tables included. Parts that are not bare keys keep their quotes.
        let path: String
        let keyPlace: Place
        let valuePlace: Place
        let kind: Kind
        let value: Value
    }

    /// Why a text is not TOML, and where it stops being it.
    struct Problem: Error, Equatable {
        let place: Place
        let words: String
    }

    let leaves: [Leaf]

    init(_ bytes: [UInt8]) throws(Problem) {
        let document = bytes.withUnsafeBytes { jobraker_toml_parse($0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) }
        defer { jobraker_toml_free(document) }
        var place = jobraker_toml_place()
        let words = Self.string(jobraker_toml_problem(document, &place))
        guard words.isEmpty else { throw Problem(place: Self.place(place), words: words) }
        leaves = (0..<jobraker_toml_leaf_count(document)).compactMap { index in
            jobraker_toml_leaf_at(document, index).map { Self.leaf($0.pointee) }
        }
    }

    private static func leaf(_ leaf: jobraker_toml_leaf) -> Leaf {
        let kind = kind(leaf.type)
        let value: Value =
            switch kind {
            case .string: .string(string(leaf.text))
            case .integer: .integer(Int(leaf.integer))
            case .number: .number(leaf.number)
            case .array:
                .array(
                    UnsafeBufferPointer(start: leaf.items, count: leaf.item_count).map { item in
                        let kind = Self.kind(item.type)
                        return Item(kind: kind, text: kind == .string ? string(item.text) : nil, place: place(item.place))
                    })
            case .boolean: .boolean(leaf.integer != 0)
            case .time, .table: .other(kind)
            }
        return Leaf(
            path: string(leaf.path), keyPlace: place(leaf.key_place), valuePlace: place(leaf.value_place), kind: kind, value: value)
    }

    private static func string(_ text: jobraker_toml_text) -> String {
        String(decoding: UnsafeRawBufferPointer(start: text.bytes, count: text.length), as: UTF8.self)
    }

    private static func place(_ place: jobraker_toml_place) -> Place {
        Place(line: Int(place.line), column: Int(place.column))
    }

    private static func kind(_ type: jobraker_toml_type) -> Kind {
        switch type {
        case JOBRAKER_TOML_STRING: .string
        case JOBRAKER_TOML_INTEGER: .integer
        case JOBRAKER_TOML_FLOAT: .number
        case JOBRAKER_TOML_BOOLEAN: .boolean
        case JOBRAKER_TOML_ARRAY: .array
        case JOBRAKER_TOML_TABLE: .table
        default: .time
        }
    }
}
