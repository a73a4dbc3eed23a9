/// One field of a resource: its schema, how it is read into a value and how it is written from one.
///
/// The builders in the extensions make them from explicitly typed closures (key paths cost three times as
/// much). A field without `set` is read-only and one without `get` is write-only. Where `nullable:` is given,
/// the closures deal in an optional. It is an immutable class and not a struct, so that a walk over the fields
/// copies a reference and not a schema.
package final class Field<Value: Sendable>: Sendable {
    package typealias Getter<Member> = @Sendable (Value) -> Member
    package typealias Setter<Member> = @Sendable (inout Value, Member) -> Void

    typealias Reader = @Sendable (JSONValue, inout Value) throws(FieldProblem) -> Void
    typealias Printer = @Sendable (Value, inout JSONWriter) -> Void

    package let schema: FieldSchema
    /// The name with its quotes and colon, made once.
    private let encodedKey: [UInt8]
    private let reader: Reader?
    private let printer: Printer?

    init(_ schema: FieldSchema, reader: Reader?, printer: Printer?) {
        var schema = schema
        schema.isReadable = printer != nil
        schema.isWritable = reader != nil
        schema.isRequired = schema.isRequired && reader != nil && schema.defaultValue == nil
        self.schema = schema
        self.reader = reader
        self.printer = printer
        encodedKey = JSONWriter.encodedKey(schema.name)
    }

    /// A field that always has a value.
    convenience init<Rule: FieldRule>(_ schema: FieldSchema, _ rule: Rule, get: Getter<Rule.Output>?, set: Setter<Rule.Output>?) {
        var reader: Reader?
        var printer: Printer?
        if let set {
            reader = { (json: JSONValue, value: inout Value) throws(FieldProblem) in
                if json.isNull { throw FieldProblem(FieldMessage.null) }
                set(&value, try rule.read(json))
            }
        }
        if let get {
            printer = { value, writer in rule.write(get(value), into: &writer) }
        }
        self.init(schema, reader: reader, printer: printer)
    }

    /// A field whose value may be missing.
    convenience init<Rule: FieldRule>(
        _ schema: FieldSchema, nullable: Bool, _ rule: Rule, get: Getter<Rule.Output?>?, set: Setter<Rule.Output?>?
    ) {
        var schema = schema
        schema.isNullable = nullable
        var reader: Reader?
        var printer: Printer?
        if let set {
            reader = { (json: JSONValue, value: inout Value) throws(FieldProblem) in
                if json.isNull && !nullable { throw FieldProblem(FieldMessage.null) }
                set(&value, json.isNull ? nil : try rule.read(json))
            }
        }
        if let get {
            printer = { value, writer in
                if let member = get(value) { rule.write(member, into: &writer) } else { writer.null() }
            }
        }
        self.init(schema, reader: reader, printer: printer)
    }

    func read(_ json: JSONValue, into value: inout Value) throws(FieldProblem) {
        try reader?(json, &value)
    }

    func write(_ value: Value, into writer: inout JSONWriter) {
        guard let printer else { return }
        writer.key(encoded: encodedKey)
        printer(value, &writer)
    }

    /// A field the server alone decides. `write` writes exactly one value.
    package static func readOnly(
        _ name: String, _ kind: FieldSchema.Kind = .text, nullable: Bool = false,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) -> Field {
        var schema = FieldSchema(name, kind)
        schema.isNullable = nullable
        return Field(schema, reader: nil, printer: write)
    }
}
