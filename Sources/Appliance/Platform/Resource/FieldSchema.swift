/// What a field's declaration says, as data: the OpenAPI document and the admin pages are made from it.
package struct FieldSchema: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case text, email, url, identifier, datetime
        case choice([String])
        case integer, number, boolean
        case textList
        /// JSON of any shape.
        case json
        /// A read-only object, described by its own resource or by nothing.
        case object
        /// A read-only array of objects.
        case objectList
    }

    package let name: String
    package let kind: Kind
    package var isRequired = false
    package var isNullable = false
    /// Whether the empty text passes.
    package var allowsBlank = false
    package var isReadable = true
    package var isWritable = true
    package var minimumLength: Int?
    package var maximumLength: Int?
    package var maximumItems: Int?
    package var minimum: Double?
    package var maximum: Double?
    /// What the server puts where the client gives nothing. It describes; the value's own initialiser acts.
    package var defaultValue: JSONValue?

    package init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}
