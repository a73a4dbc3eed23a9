/// The manual: a file that sets nothing and explains every key, written from the table of keys.
///
/// `config.example.toml` in the repository is this text; a test holds them together.
enum ConfigurationExample {
    static let text = ([opening] + SettingTable.all.map(section)).joined(separator: "\n")

    private static let opening = """
        # Jobraker: the configuration file, and its manual.
        #
        # Nothing here has to be set. Without a file, or with this one as it is, the
        # server listens on this machine only and keeps its data in $STATE_DIRECTORY
        # (systemd sets it) or in ./data. Each key stands here with its default, as a
        # comment; to change one, take the "#" away and keep the [table] above it.
        #
        # Before a restart:   jobraker config check --config FILE
        # What is in force:   jobraker config dump --config FILE --redacted
        #
        # A file with a mistake in it is not used in part: an unknown key, a wrong
        # type or a value out of range stops the start with exit status 2 and one
        # line a mistake, "FILE:line:column: ...". On SIGHUP the file is read again;
        # if it has a mistake, the server says so and goes on as before. Keys marked
        # "SIGHUP" then take effect at once. The others need a restart, and are named
        # in the log when they have changed.
        #
        # Secrets may stay out of the file. One that the file does not mention is read
        # from a systemd credential of its name (LoadCredential=assistant.api_key:...),
        # or else from the environment (JOBRAKER_ASSISTANT_API_KEY).

        """

    private static func section(_ table: SettingTable) -> String {
        let rule = "# " + String(repeating: "-", count: 76)
        return ([rule, comment(table.manual), "", "[\(table.name)]", ""] + table.settings.map(entry)).joined(separator: "\n")
    }

    private static func entry(_ setting: Setting) -> String {
        let adoption = setting.adoption == .live ? "SIGHUP" : "restart"
        var facts = setting.rule.words(unit: setting.unit) + ". Takes effect on " + adoption + "."
        if setting.isSecret { facts += " Secret; also read from \(setting.environmentName)." }
        return comment(setting.manual) + "\n#\n" + comment(wrapped(facts)) + "\n# \(setting.name) = \(setting.standard.toml)\n"
    }

    /// Breaks what the table says about a key into lines as wide as the prose around it.
    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 76 {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func comment(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "#" : "# " + $0 }.joined(separator: "\n")
    }
}
