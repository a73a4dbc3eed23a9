/// Turns one leaf of the file into the value of a setting, and its mistakes into facts.
enum SettingReading {
    struct Problem: Equatable {
        let place: TOMLDocument.Place
        let fact: ConfigurationError.Fact
    }

    /// The value, or nil with at least one problem.
    static func value(of leaf: TOMLDocument.Leaf, for setting: Setting) -> (SettingValue?, [Problem]) {
        switch (setting.kind, leaf.value) {
        case (.string, .string(let text)): judge(.text(text), leaf, setting)
        case (.integer, .integer(let number)): judge(.integer(number), leaf, setting)
        case (.number, .number(let number)): judge(.number(number), leaf, setting)
        // `temperature = 1` means what it says.
        case (.number, .integer(let number)): judge(.number(Double(number)), leaf, setting)
        case (.boolean, .boolean(let truth)): judge(.boolean(truth), leaf, setting)
        case (.array, .array(let items)): list(items, leaf, setting)
        default: (nil, [wrongKind(setting.kind, leaf.kind, setting, item: nil, at: leaf.valuePlace)])
        }
    }

    private static func list(_ items: [TOMLDocument.Item], _ leaf: TOMLDocument.Leaf, _ setting: Setting) -> (SettingValue?, [Problem]) {
        let strangers = items.enumerated().filter { $0.element.text == nil }.map { index, item in
            wrongKind(.string, item.kind, setting, item: index, at: item.place)
        }
        return strangers.isEmpty ? judge(.list(items.compactMap(\.text)), leaf, setting) : (nil, strangers)
    }

    private static func judge(_ value: SettingValue, _ leaf: TOMLDocument.Leaf, _ setting: Setting) -> (SettingValue?, [Problem]) {
        let problems = setting.rule.breaches(value).map { breach in
            Problem(place: place(of: breach, in: leaf), fact: breach.fact(of: setting))
        }
        return (problems.isEmpty ? value : nil, problems)
    }

    private static func wrongKind(
        _ expected: TOMLDocument.Kind, _ found: TOMLDocument.Kind, _ setting: Setting, item: Int?, at place: TOMLDocument.Place
    ) -> Problem {
        Problem(place: place, fact: .wrongKind(key: setting.key, item: item, expected: expected, found: found))
    }

    /// The item at fault if it is one of a list, else the value.
    private static func place(of breach: SettingRule.Breach, in leaf: TOMLDocument.Leaf) -> TOMLDocument.Place {
        if let item = breach.item, case .array(let items) = leaf.value { return items[item].place }
        return leaf.valuePlace
    }
}

extension SettingRule.Breach {
    fileprivate var item: Int? {
        switch self {
        case .malformed(let item, _, _): item
        case .repeated(let item, _): item
        case .outside, .notAChoice, .count: nil
        }
    }

    func fact(of setting: Setting) -> ConfigurationError.Fact {
        switch self {
        case .outside(let value, let low, let high):
            .outside(key: setting.key, value: value, low: low, high: high, unit: setting.unit)
        case .notAChoice(let value, let choices):
            .notAChoice(key: setting.key, value: value, choices: choices)
        case .malformed(let item, let text, let form):
            .malformed(key: setting.key, item: item, value: setting.isSecret ? nil : text, form: form)
        case .repeated(let item, let text):
            .repeated(key: setting.key, item: item, value: text)
        case .count(let count, let allowed):
            .count(key: setting.key, count: count, allowed: allowed)
        }
    }
}
