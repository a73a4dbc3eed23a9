import Platform

extension Configuration {
    /// Reads the whole configuration, or reports everything that is wrong with it.
    ///
    /// 1. Every key has its default.
    /// 2. The file, when there is one, overrides it. A file that cannot be read or is not TOML ends
    ///    the matter; any other mistake is noted, and reading goes on.
    /// 3. A secret that the file does not mention may come from a systemd credential
    ///    (`$CREDENTIALS_DIRECTORY/assistant.api_key`), or else from the environment
    ///    (`JOBRAKER_ASSISTANT_API_KEY`).
    /// 4. An empty `storage.directory` becomes `$STATE_DIRECTORY`, or `./data` outside systemd.
    /// 5. Only when each key is right by itself are they held against each other.
    ///
    /// The environment is a parameter, so that nothing but the caller decides what it is.
    static func load(path: String?, environment: [String: String]) throws(ConfigurationErrors) -> LoadedConfiguration {
        var reader = ConfigurationReader(path: path)
        if let path { try reader.readFile(path) }
        reader.readSecrets(environment)
        reader.chooseDirectory(environment)
        return try reader.finish()
    }
}

/// The state of one load: what is set so far, and what is wrong so far.
private struct ConfigurationReader {
    private var loaded: LoadedConfiguration
    private var errors: [ConfigurationError] = []

    /// More than any real file needs; it bounds what a wrong path (a device, a log) can cost.
    private static let largestFile = 1 << 20

    init(path: String?) {
        loaded = LoadedConfiguration(values: .standard, path: path)
    }

    mutating func readFile(_ path: String) throws(ConfigurationErrors) {
        let source = ConfigurationSource.file(path)
        guard let bytes = FileSystem.read(path, limit: Self.largestFile) else {
            let fact = ConfigurationError.Fact.unreadable(reason: FileSystem.lastError())
            throw ConfigurationErrors(errors: [ConfigurationError(source: source, place: nil, fact: fact)])
        }
        do {
            for leaf in try TOMLDocument(bytes).leaves { take(leaf, from: source) }
        } catch {
            throw ConfigurationErrors(errors: [ConfigurationError(source: source, place: error.place, fact: .syntax(error.words))])
        }
    }

    private mutating func take(_ leaf: TOMLDocument.Leaf, from source: ConfigurationSource) {
        guard let setting = Setting.byKey[leaf.path] else {
            if let fact = Self.stranger(leaf) { errors.append(ConfigurationError(source: source, place: leaf.keyPlace, fact: fact)) }
            return
        }
        let (value, problems) = SettingReading.value(of: leaf, for: setting)
        errors += problems.map { ConfigurationError(source: source, place: $0.place, fact: $0.fact) }
        if let value { accept(value, for: setting, origin: .set(source, leaf.keyPlace)) }
    }

    /// What to say about a path that is no key: nothing when it is a table of ours without keys.
    private static func stranger(_ leaf: TOMLDocument.Leaf) -> ConfigurationError.Fact? {
        let tables = SettingTable.all.map(\.name)
        if tables.contains(leaf.path) { return leaf.kind == .table ? nil : .notATable(leaf.path) }
        if leaf.kind == .table { return .unknownTable(leaf.path, nearest: NearestName.of(leaf.path, among: tables)) }
        return .unknownKey(leaf.path, nearest: NearestName.of(leaf.path, among: Setting.all.map(\.key)))
    }

    private mutating func accept(_ value: SettingValue, for setting: Setting, origin: ConfigurationOrigin) {
        setting.set(value, &loaded.values)
        loaded[origin: setting.key] = origin
    }

    mutating func readSecrets(_ environment: [String: String]) {
        for setting in Setting.all where setting.isSecret && loaded[origin: setting.key] == .standard {
            guard let (source, text) = secret(setting, environment) else { continue }
            let value = SettingValue.text(text)
            let breaches = setting.rule.breaches(value)
            errors += breaches.map { ConfigurationError(source: source, place: nil, fact: $0.fact(of: setting)) }
            if breaches.isEmpty { accept(value, for: setting, origin: .set(source, nil)) }
        }
    }

    /// The credential before the variable: systemd gives it to this process alone.
    private mutating func secret(_ setting: Setting, _ environment: [String: String]) -> (ConfigurationSource, String)? {
        if let directory = environment["CREDENTIALS_DIRECTORY"], FileSystem.exists("\(directory)/\(setting.key)") {
            let source = ConfigurationSource.credential("\(directory)/\(setting.key)")
            guard let bytes = FileSystem.read("\(directory)/\(setting.key)", limit: Self.largestFile) else {
                errors.append(ConfigurationError(source: source, place: nil, fact: .unreadable(reason: FileSystem.lastError())))
                return nil
            }
            // Whoever writes a secret with an editor or with echo ends it with a line end.
            let text = String(decoding: bytes, as: UTF8.self)
            return (source, text.last?.isNewline == true ? String(text.dropLast()) : text)
        }
        guard let text = environment[setting.environmentName], !text.isEmpty else { return nil }
        return (.environment(setting.environmentName), text)
    }

    mutating func chooseDirectory(_ environment: [String: String]) {
        guard loaded.values.storage.directory.isEmpty else { return }
        // systemd separates several directories with colons; ours is the first.
        if let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            loaded.values.storage.directory = String(first)
            loaded[origin: "storage.directory"] = .set(.environment("STATE_DIRECTORY"), nil)
        } else {
            loaded.values.storage.directory = "./data"
        }
    }

    func finish() throws(ConfigurationErrors) -> LoadedConfiguration {
        let all = errors.isEmpty ? ConfigurationRules.errors(in: loaded) : errors
        guard all.isEmpty else { throw ConfigurationErrors(errors: all) }
        return loaded
    }
}
