/// The id that a response and every log line of its request carry.
enum RequestID {
    /// The client's own id if it is one that can be logged and searched for as it is, else a new one.
    static func choose(_ given: String?, time: Timestamp, random: any RandomSource) -> String {
        if let given, isSane(given) { return given }
        return Identifier(v7: time, random: random).description
    }

    static func isSane(_ text: String) -> Bool {
        guard 1...128 ~= text.utf8.count else { return false }
        return text.utf8.allSatisfy { ASCIIText.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
}
