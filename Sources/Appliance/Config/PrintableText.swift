/// Foreign text made fit for one line of a terminal or a log.
enum PrintableText {
    /// Control characters become question marks, so that a value can neither start a new line nor steer
    /// a terminal.
    static func clean(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { clean.append(scalar.isControl ? "?" : scalar) }
        return String(clean)
    }

    /// Clean, and cut where it stops helping a reader.
    static func short(_ text: String) -> String {
        text.count > 120 ? clean(String(text.prefix(120))) + "…" : clean(text)
    }

    static func quoted(_ text: String) -> String { "\"" + short(text) + "\"" }
}
