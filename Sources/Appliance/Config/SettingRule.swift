/// Which values of the right type a setting takes.
enum SettingRule: Sendable, Equatable {
    case integers(ClosedRange<Int>)
    case numbers(ClosedRange<Double>)
    case choices([String])
    /// Any of the two.
    case boolean
    /// Empty text always means "not set".
    case text(TextForm)
    case list(TextForm, count: ClosedRange<Int>)

    /// A way in which a value breaks its rule. `item` counts from zero.
    enum Breach: Equatable {
        case outside(value: String, low: String, high: String)
        case notAChoice(String, among: [String])
        case malformed(item: Int?, text: String, TextForm)
        case repeated(item: Int, text: String)
        case count(Int, allowed: ClosedRange<Int>)
    }

    func breaches(_ value: SettingValue) -> [Breach] {
        switch (self, value) {
        case (.integers(let range), .integer(let number)) where !range.contains(number):
            [.outside(value: "\(number)", low: "\(range.lowerBound)", high: "\(range.upperBound)")]
        // NaN is in no range.
        case (.numbers(let range), .number(let number)) where !range.contains(number):
            [.outside(value: "\(number)", low: "\(range.lowerBound)", high: "\(range.upperBound)")]
        case (.choices(let choices), .text(let text)) where !choices.contains(text):
            [.notAChoice(text, among: choices)]
        case (.text(let form), .text(let text)) where !text.isEmpty && !form.accepts(text):
            [.malformed(item: nil, text: text, form)]
        case (.list(let form, let count), .list(let items)):
            Self.breaches(of: items, form: form, count: count)
        default: []
        }
    }

    private static func breaches(of items: [String], form: TextForm, count: ClosedRange<Int>) -> [Breach] {
        guard count.contains(items.count) else { return [.count(items.count, allowed: count)] }
        return items.indices.compactMap { index in
            if !form.accepts(items[index]) { return .malformed(item: index, text: items[index], form) }
            return items[..<index].contains(items[index]) ? .repeated(item: index, text: items[index]) : nil
        }
    }

    /// The rule as a sentence of the manual, without its full stop.
    func words(unit: String?) -> String {
        switch self {
        case .integers(let range): "\(range.lowerBound) to \(range.upperBound)" + (unit.map { " " + $0 } ?? "")
        case .numbers(let range): "\(range.lowerBound) to \(range.upperBound)" + (unit.map { " " + $0 } ?? "")
        case .choices(let choices): "One of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .boolean: "true or false"
        case .text(let form): "Empty, or " + form.words
        case .list(let form, let count): "\(count.lowerBound) to \(count.upperBound) times " + form.words
        }
    }
}
