/// Which keys differ between two configurations, by what it takes to put the new value into force.
struct ConfigurationChanges: Sendable, Equatable {
    var live: [String] = []
    var restart: [String] = []

    var isEmpty: Bool { live.isEmpty && restart.isEmpty }
}

extension Configuration {
    /// The keys whose values differ, in the order of the manual.
    static func changes(from old: Configuration, to new: Configuration) -> ConfigurationChanges {
        var changes = ConfigurationChanges()
        for setting in Setting.all where setting.get(old) != setting.get(new) {
            switch setting.adoption {
            case .live: changes.live.append(setting.key)
            case .restart: changes.restart.append(setting.key)
            }
        }
        return changes
    }
}

extension LoadedConfiguration {
    /// What a running server goes on with after reading `new`: its live values, and the old ones of the
    /// keys that need a restart.
    ///
    /// Use this, not `new` itself. What follows from several keys must follow from those in force: with
    /// listeners moved to loopback in the file but still public in the process, `new` would open
    /// registration to everybody.
    func adopting(_ new: LoadedConfiguration) -> (inForce: LoadedConfiguration, changes: ConfigurationChanges) {
        var inForce = new
        for setting in Setting.all where setting.adoption == .restart {
            setting.set(setting.get(values), &inForce.values)
            inForce[origin: setting.key] = self[origin: setting.key]
        }
        return (inForce, Configuration.changes(from: values, to: new.values))
    }
}
