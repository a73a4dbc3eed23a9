import Platform

/// The configuration in force, written out with the origin of each value.
struct ConfigurationDump {
    let loaded: LoadedConfiguration
    /// Whether secrets are replaced; one that is not set shows as empty either way.
    let redacted: Bool

    /// TOML that could be loaded again, each origin in a comment.
    var text: String {
        SettingTable.all.map { table in
            "[\(table.name)]\n" + table.settings.map { line($0) + "\n" }.joined()
        }.joined(separator: "\n")
    }

    /// `{"file":…,"settings":{"server.listen":{"value":…,"origin":…,"unit":…,"reloadable":…},…}}`
    var json: String {
        var writer = JSONWriter(reserving: 8192)
        writer.object { writer in
            writer.field("file", loaded.path)
            writer.key("settings")
            writer.object { writer in
                for setting in Setting.all { write(setting, into: &writer) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private func line(_ setting: Setting) -> String {
        var note = loaded[origin: setting.key].words
        if setting.key == "auth.registration", loaded.values.auth.registration == .automatic {
            note += ": \(loaded.values.registrationInForce.rawValue), as \(Self.reason(for: loaded.values.exposure))"
        }
        return "\(setting.name) = \(shown(setting).toml)  # \(note)"
    }

    /// Why registration that is left to itself is as it is.
    private static func reason(for exposure: Exposure?) -> String {
        switch exposure {
        case nil: "only this machine reaches the server"
        case .listener: "not every listener is loopback"
        case .proxy: "server.trusted_proxies names a proxy"
        case .publicURL: "server.public_url is not loopback"
        }
    }

    private func shown(_ setting: Setting) -> SettingValue {
        let value = setting.get(loaded.values)
        return redacted && setting.isSecret && value != .text("") ? .text("(redacted)") : value
    }

    private func write(_ setting: Setting, into writer: inout JSONWriter) {
        writer.key(setting.key)
        writer.object { writer in
            writer.key("value")
            switch shown(setting) {
            case .text(let text): writer.string(text)
            case .integer(let number): writer.int(number)
            case .number(let number): writer.double(number)
            case .boolean(let truth): writer.bool(truth)
            case .list(let items): writer.array { writer in for item in items { writer.string(item) } }
            }
            writer.field("origin", loaded[origin: setting.key].words)
            writer.field("unit", setting.unit)
            writer.field("reloadable", setting.adoption == .live)
        }
    }
}
