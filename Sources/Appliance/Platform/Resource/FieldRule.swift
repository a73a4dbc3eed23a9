/// How one kind of field reads a JSON value and writes it back.
///
/// A rule is pure and never sees `null` or an absent value: whether those pass is the field's affair, the
/// same for every kind.
protocol FieldRule: Sendable {
    associatedtype Output

    func read(_ value: JSONValue) throws(FieldProblem) -> Output
    func write(_ value: Output, into writer: inout JSONWriter)
}

/// Why a value was refused: one or more messages.
struct FieldProblem: Error, Equatable {
    let messages: [String]

    init(_ message: String) {
        messages = [message]
    }

    init(_ messages: [String]) {
        self.messages = messages
    }
}
