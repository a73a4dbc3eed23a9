import Platform

/// One thing that is wrong with a configuration, as a fact. `line` makes a sentence of it.
struct ConfigurationError: Error, Sendable, Equatable {
    let source: ConfigurationSource
    /// Where in a file; nil for what has no place, such as a file that cannot be read.
    let place: TOMLDocument.Place?
    let fact: Fact

    /// What is wrong. An `item` counts from zero.
    enum Fact: Sendable, Equatable {
        /// The file is there but the system will not give it to us, or it is not there.
        case unreadable(reason: String)
        /// The text is not TOML; nothing after this place was read.
        case syntax(String)
        case unknownKey(String, nearest: String?)
        case unknownTable(String, nearest: String?)
        /// The name of a table is used for a value.
        case notATable(String)
        case wrongKind(key: String, item: Int?, expected: TOMLDocument.Kind, found: TOMLDocument.Kind)
        case outside(key: String, value: String, low: String, high: String, unit: String?)
        case notAChoice(key: String, value: String, choices: [String])
        /// `value` is nil when it is a secret, which no message may repeat.
        case malformed(key: String, item: Int?, value: String?, form: TextForm)
        case repeated(key: String, item: Int, value: String)
        case count(key: String, count: Int, allowed: ClosedRange<Int>)
        /// One key is set and is of no use without the other.
        case needs(key: String, other: String)
        /// Two keys are in range each, but not together.
        case notBelow(key: String, value: Int, other: String, limit: Int)
        /// Two lists of listeners name the same address.
        case sameAddress(key: String, other: String, address: String)
        /// Mail would leave this machine in the clear.
        case plainMail(host: String)
        /// A template of mails has a mistake.
        case template(key: String, problem: TemplateProblem)
        /// A file that a key names is not what the key is for.
        case unusable(key: String, problem: CertificateProblem)
    }
}

/// Where a value came from, outside the built-in defaults.
enum ConfigurationSource: Sendable, Equatable {
    case file(String)
    /// The name of an environment variable.
    case environment(String)
    /// The path of a systemd credential.
    case credential(String)
}

/// Everything that is wrong with a configuration, in the order of the file. Never empty when thrown.
struct ConfigurationErrors: Error, Sendable, Equatable {
    var errors: [ConfigurationError]

    /// One line for each error, ready for a terminal.
    var text: String { errors.map(\.line).joined(separator: "\n") }
}
