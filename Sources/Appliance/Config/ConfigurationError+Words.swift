/// The only place that turns configuration facts into sentences. The sentences are tested text.
extension ConfigurationError {
    /// `config.toml:3:1: unknown key server.lisen; did you mean server.listen?`
    var line: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return PrintableText.clean(source.description) + position + ": " + fact.words
    }
}

extension ConfigurationSource: CustomStringConvertible {
    var description: String {
        switch self {
        case .file(let path): path
        case .environment(let name): "environment \(name)"
        case .credential(let path): "credential \(path)"
        }
    }
}

extension ConfigurationError.Fact {
    var words: String {
        switch self {
        case .unreadable(let reason):
            "cannot be read: \(reason)"
        case .syntax(let problem):
            "not valid TOML: \(PrintableText.short(problem))"
        case .unknownKey(let key, let nearest):
            "unknown key \(PrintableText.short(key))" + (nearest.map { "; did you mean \($0)?" } ?? "")
        case .unknownTable(let name, let nearest):
            "unknown table [\(PrintableText.short(name))]" + (nearest.map { "; did you mean [\($0)]?" } ?? "")
        case .notATable(let name):
            "\(name) is a table; begin it with a line [\(name)]"
        case .wrongKind(let key, let item, let expected, let found):
            "\(Self.subject(key, item)) has to be \(expected.words), not \(found.words)"
        case .outside(let key, let value, let low, let high, let unit):
            "\(key) is \(value); it has to be from \(low) to \(high)" + (unit.map { " \($0)" } ?? "")
        case .notAChoice(let key, let value, let choices):
            "\(key) is \(PrintableText.quoted(value)); it has to be one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .malformed(let key, let item, let value, let form):
            Self.subject(key, item) + (value.map { " is \(PrintableText.quoted($0));" } ?? " is malformed;") + " expected \(form.words)"
        case .repeated(let key, let item, let value):
            "\(Self.subject(key, item)) repeats \(PrintableText.quoted(value))"
        case .count(let key, let count, let allowed):
            "\(key) has \(count) items; it takes from \(allowed.lowerBound) to \(allowed.upperBound)"
        case .needs(let key, let other):
            "\(key) asks for \(other), which is not set"
        case .notBelow(let key, let value, let other, let limit):
            "\(key) is \(value); it has to be below \(other), which is \(limit)"
        case .sameAddress(let key, let other, let address):
            "\(key) and \(other) both name \(address); an address can be listened on once"
        case .plainMail(let host):
            "mail.security is \"none\", which is for a mail server on this machine, and mail.host is \(PrintableText.quoted(host))"
        case .template(let key, let problem):
            "\(key): \(PrintableText.clean(problem.text))"
        case .unusable(let key, let problem):
            "\(key): \(PrintableText.clean(problem.words))"
        }
    }

    private static func subject(_ key: String, _ item: Int?) -> String {
        item.map { "item \($0 + 1) of \(key)" } ?? key
    }
}

extension TOMLDocument.Kind {
    var words: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .time: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}
