/// Everything that is wrong with one body: a 400 whose body maps each field to its messages.
///
/// All field errors are gathered before any is reported. What concerns the object as a whole, such as two
/// fields that contradict each other, stands under `non_field_errors` and is looked for only when every
/// field is right.
package struct ValidationErrors: HTTPFact, Equatable {
    package struct Entry: Sendable, Equatable {
        package let field: String
        package fileprivate(set) var messages: [String]
    }

    /// The name under which errors of the whole object stand.
    package static let nonField = "non_field_errors"

    /// The fields in the order in which their first errors were added.
    package private(set) var entries: [Entry] = []

    package init() {}

    package init(_ field: String, _ message: String) {
        add(field, message)
    }

    /// An error of the object as a whole.
    package init(object message: String) {
        self.init(Self.nonField, message)
    }

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(_ field: String) -> [String] {
        entries.first { $0.field == field }?.messages ?? []
    }

    package mutating func add(_ field: String, _ message: String) {
        add(field, [message])
    }

    package mutating func add(_ field: String, _ messages: [String]) {
        if let index = entries.firstIndex(where: { $0.field == field }) {
            entries[index].messages += messages
        } else {
            entries.append(Entry(field: field, messages: messages))
        }
    }

    /// Throws itself if there is anything to report.
    package func check() throws(ValidationErrors) {
        if !isEmpty { throw self }
    }

    package var status: Int { 400 }

    package func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            for entry in entries { writer.field(entry.field, entry.messages) }
        }
    }
}
