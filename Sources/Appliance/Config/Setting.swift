/// One row of the table of keys: all that is known about a setting.
///
/// The loader, `config check`, `config dump`, `config example`, reloading and the tests follow from these
/// rows; to add a setting is to add a field to `Configuration` and a row to a table.
struct Setting: Sendable {
    /// When a changed value comes into force.
    enum Adoption: Sendable {
        /// On SIGHUP.
        case live
        /// When the process starts again.
        case restart
    }

    /// The key with its table: `server.drain_seconds`.
    let key: String
    let unit: String?
    let standard: SettingValue
    let rule: SettingRule
    let adoption: Adoption
    let isSecret: Bool
    /// What the key does and what a wrong value leads to, as the manual says it.
    let manual: String
    let get: @Sendable (Configuration) -> SettingValue
    /// Takes a value of the type of `standard` that breaks no rule.
    let set: @Sendable (SettingValue, inout Configuration) -> Void

    typealias Path<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    var table: String { String(key.prefix { $0 != "." }) }
    var name: String { String(key.dropFirst(table.count + 1)) }

    /// The environment variable that may hold the secret instead of the file: `JOBRAKER_ASSISTANT_API_KEY`.
    var environmentName: String { "JOBRAKER_" + String(key.uppercased().map { $0 == "." ? "_" : $0 }) }

    /// The kind of value the file has to hold.
    var kind: TOMLDocument.Kind {
        switch standard {
        case .text: .string
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .list: .array
        }
    }
}

// MARK: - One way to make each kind of row

extension Setting {
    static func integer(
        _ key: String, _ path: Path<Int>, _ standard: Int, in range: ClosedRange<Int>, unit: String, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: unit, standard: .integer(standard), rule: .integers(range), adoption: adoption, isSecret: false, manual: manual,
            get: { .integer($0[keyPath: path]) },
            set: { value, configuration in if case .integer(let number) = value { configuration[keyPath: path] = number } })
    }

    static func number(
        _ key: String, _ path: Path<Double>, _ standard: Double, in range: ClosedRange<Double>, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: nil, standard: .number(standard), rule: .numbers(range), adoption: adoption, isSecret: false, manual: manual,
            get: { .number($0[keyPath: path]) },
            set: { value, configuration in if case .number(let number) = value { configuration[keyPath: path] = number } })
    }

    static func boolean(_ key: String, _ path: Path<Bool>, _ standard: Bool, _ adoption: Adoption, _ manual: String) -> Setting {
        Setting(
            key: key, unit: nil, standard: .boolean(standard), rule: .boolean, adoption: adoption, isSecret: false, manual: manual,
            get: { .boolean($0[keyPath: path]) },
            set: { value, configuration in if case .boolean(let truth) = value { configuration[keyPath: path] = truth } })
    }

    static func text(_ key: String, _ path: Path<String>, _ form: TextForm, _ adoption: Adoption, _ manual: String) -> Setting {
        Setting(
            key: key, unit: nil, standard: .text(""), rule: .text(form), adoption: adoption, isSecret: form == .secret, manual: manual,
            get: { .text($0[keyPath: path]) },
            set: { value, configuration in if case .text(let text) = value { configuration[keyPath: path] = text } })
    }

    /// A text that has a value where none is written.
    static func text(
        _ key: String, _ path: Path<String>, _ standard: String, _ form: TextForm, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: nil, standard: .text(standard), rule: .text(form), adoption: adoption, isSecret: false, manual: manual,
            get: { .text($0[keyPath: path]) },
            set: { value, configuration in if case .text(let text) = value { configuration[keyPath: path] = text } })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, _ path: Path<Choice>, _ standard: Choice, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: nil, standard: .text(standard.rawValue), rule: .choices(Choice.allCases.map(\.rawValue)), adoption: adoption,
            isSecret: false, manual: manual,
            get: { .text($0[keyPath: path].rawValue) },
            set: { value, configuration in
                if case .text(let text) = value, let choice = Choice(rawValue: text) { configuration[keyPath: path] = choice }
            })
    }

    static func list(
        _ key: String, _ path: Path<[String]>, of form: TextForm, count: ClosedRange<Int>, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: nil, standard: .list([]), rule: .list(form, count: count), adoption: adoption, isSecret: false, manual: manual,
            get: { .list($0[keyPath: path]) },
            set: { value, configuration in if case .list(let items) = value { configuration[keyPath: path] = items } })
    }

    static func listeners(
        _ key: String, _ path: Path<[ListenAddress]>, _ standard: [String], count: ClosedRange<Int>, _ adoption: Adoption, _ manual: String
    ) -> Setting {
        Setting(
            key: key, unit: nil, standard: .list(standard), rule: .list(.listenAddress, count: count), adoption: adoption, isSecret: false,
            manual: manual,
            get: { .list($0[keyPath: path].map(\.description)) },
            set: { value, configuration in
                if case .list(let items) = value { configuration[keyPath: path] = items.compactMap { ListenAddress($0) } }
            })
    }
}
