/// A kind of object that clients read and write, described once by its fields.
///
/// From the description come the reading of a body with all its error messages, the writing of a response,
/// and through `fields` the schema of both.
package struct Resource<Value: Sendable>: Sendable {
    /// What a body stands for. Only in an `update` (PATCH) may a required field be missing; a field that is
    /// not required and is missing keeps the value it had in every mode.
    package enum Mode: Sendable {
        case create, replace, update
    }

    package let name: String
    package let fields: [Field<Value>]
    private let positions: [String: Int]

    package init(name: String, fields: [Field<Value>]) {
        self.name = name
        self.fields = fields
        positions = Dictionary(fields.enumerated().map { ($1.schema.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a body into a value. Names that are unknown or read-only are passed over.
    ///
    /// All errors are reported at once, in the order of the fields, and the value is then left as it was.
    package func decode(_ body: JSONValue, into value: inout Value, mode: Mode) throws(ValidationErrors) {
        guard case .object(let object) = body else { throw ValidationErrors(object: FieldMessage.notObject(body)) }
        var given = [JSONValue?](repeating: nil, count: fields.count)
        for member in object.members {
            if let position = positions[member.key] { given[position] = member.value }
        }
        var draft = value
        var errors = ValidationErrors()
        for position in fields.indices {
            let field = fields[position]
            guard let json = given[position] else {
                if field.schema.isRequired && mode != .update { errors.add(field.schema.name, FieldMessage.required) }
                continue
            }
            do throws(FieldProblem) {
                try field.read(json, into: &draft)
            } catch {
                errors.add(field.schema.name, error.messages)
            }
        }
        try errors.check()
        value = draft
    }

    /// Writes the value as one object, without its write-only fields.
    package func write(_ value: Value, into writer: inout JSONWriter) {
        writer.object { writer in writeFields(value, into: &writer) }
    }

    /// Writes the fields alone, for an object that holds others beside them.
    package func writeFields(_ value: Value, into writer: inout JSONWriter) {
        for field in fields { field.write(value, into: &writer) }
    }
}
