extension Configuration {
    /// The keys whose values differ, in the order of the manual: those that can change while the server
    /// runs, and those that need a restart.
    static func changes(
        from old: LoadedConfiguration, to new: LoadedConfiguration
    ) -> (changed: [String], needRestart: [String]) {
        let different = Setting.all.filter { $0.get(old.values) != $0.get(new.values) }
        return (different.filter { $0.adoption == .live }.map(\.key), different.filter { $0.adoption == .restart }.map(\.key))
    }
}

extension LoadedConfiguration {
    /// What a running server goes on with after reading `new`: the new values of the live keys, and the
    /// old ones of those that need a restart.
    ///
    /// Use this, not `new` itself. What follows from several keys must follow from those in force: with
    /// listeners moved to loopback in the file but still public in the process, `new` would open
    /// registration to everybody.
    func adopting(_ new: LoadedConfiguration) -> LoadedConfiguration {
        var inForce = new
        for setting in Setting.all where setting.adoption == .restart {
            setting.set(setting.get(values), &inForce.values)
            inForce[origin: setting.key] = self[origin: setting.key]
        }
        return inForce
    }
}
