/// Why a key has the value it has.
enum ConfigurationOrigin: Sendable, Equatable {
    case standard
    case set(ConfigurationSource, TOMLDocument.Place?)

    /// `default`, `config.toml:4:1` or `environment JOBRAKER_ASSISTANT_API_KEY`.
    var words: String {
        switch self {
        case .standard: "default"
        case .set(let source, let place): PrintableText.clean(source.description) + (place.map { ":\($0.line):\($0.column)" } ?? "")
        }
    }
}

/// A configuration that holds together, with the origin of each of its values.
struct LoadedConfiguration: Sendable, Equatable {
    var values: Configuration
    /// The file it was read from, or nil when only defaults, environment and credentials speak.
    let path: String?
    private var known: [String: ConfigurationOrigin] = [:]

    init(values: Configuration, path: String?) {
        self.values = values
        self.path = path
    }

    /// The origin of one key; a key that nobody set has its default.
    subscript(origin key: String) -> ConfigurationOrigin {
        get { known[key] ?? .standard }
        set { known[key] = newValue }
    }

    /// The origin of every key.
    var origins: [String: ConfigurationOrigin] {
        Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, self[origin: $0.key]) })
    }
}
