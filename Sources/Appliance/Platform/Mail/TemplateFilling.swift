/// Writes a template's nodes with values.
struct TemplateFilling {
    let form: Template.Form
    private var scopes: [(name: String, value: JSONValue)] = []
    private let values: JSONObject
    private let content: String

    init(form: Template.Form, values: JSONObject, content: String) {
        self.content = content
        self.form = form
        self.values = values
    }

    mutating func write(_ nodes: [Template.Node], to output: inout String) {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .content: output += content
            case .value(let path): output += written(Self.text(of: value(path)))
            case .link(let path):
                let link = Self.text(of: value(path))
                if Self.isWebAddress(link) { output += written(link) }
            case .condition(let path, let then, let otherwise): write(Self.isSet(value(path)) ? then : otherwise, to: &output)
            case .loop(let variable, let path, let body):
                for item in value(path).array ?? [] {
                    scopes.append((variable, item))
                    write(body, to: &output)
                    scopes.removeLast()
                }
            }
        }
    }

    private func value(_ path: TemplatePath) -> JSONValue {
        guard let first = path.names.first else { return .null }
        var value = scopes.last { $0.name == first }?.value ?? values[first] ?? .null
        for name in path.names.dropFirst() { value = value[name] ?? .null }
        return value
    }

    private func written(_ text: String) -> String {
        switch form {
        case .html: Self.escaped(text)
        case .text: Self.cleaned(text)
        }
    }

    // MARK: Values

    /// Only texts and numbers have one.
    private static func text(of value: JSONValue) -> String {
        switch value {
        case .string(let text), .number(let text): text
        default: ""
        }
    }

    /// Whether a condition holds: not for nothing, false, zero, and what is empty.
    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .number: value.double != 0
        case .string(let text): !text.isEmpty
        case .array(let items): !items.isEmpty
        case .object(let object): !object.members.isEmpty
        }
    }

    static func isWebAddress(_ text: String) -> Bool {
        let lower = text.prefix(8).lowercased()
        return (lower.hasPrefix("https://") || lower.hasPrefix("http://")) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    /// All that could end a text, an attribute in either kind of quotes, or begin a tag.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "`": escaped.append(contentsOf: "&#96;".unicodeScalars)
            case "\n", "\t": escaped.append(scalar)
            default: if !isControl(scalar) { escaped.append(scalar) }
            }
        }
        return String(escaped)
    }

    /// In plain text a value stays what it is, without control characters that could steer a terminal.
    private static func cleaned(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar == "\n" || scalar == "\t" || !isControl(scalar) { clean.append(scalar) }
        return String(clean)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
}
