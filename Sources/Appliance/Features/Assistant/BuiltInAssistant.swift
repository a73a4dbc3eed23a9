import Platform

/// Answers when no language model is configured: from what was found and from
/// the person's own profile, word for word, and it says so.
enum BuiltInAssistant {
    static let model = "built-in"

    static func answer(profile: ProfileSummary, passages: [Passage]) -> String {
        var parts: [String] = []
        if passages.isEmpty {
            parts.append("I found nothing about that in the jobs and articles that this server holds.")
        } else {
            parts.append(
                passages.count == 1
                    ? "This is what I found in this server's jobs and articles:"
                    : "These are the \(passages.count) best matches in this server's jobs and articles:")
            for (index, passage) in passages.enumerated() {
                parts.append("[\(index + 1)] \(passage.title)\(kind(passage))\n\(excerpt(passage.body))")
            }
            let fits = profile.skills.filter { skill in
                passages.contains { TextQuery(skill).matches(in: $0.title + " " + $0.body) > 0 }
            }
            if !fits.isEmpty { parts.append("From your profile, these skills appear there: \(fits.joined(separator: ", ")).") }
        }
        if !profile.isEmpty { parts.append("Your profile says: \(profile.sentence)") }
        parts.append(
            "No language model is configured on this server, so this answer is quoted from its data and nothing is added. "
                + "The operator can set one in the [assistant] section of the configuration.")
        return parts.joined(separator: "\n\n")
    }

    private static func kind(_ passage: Passage) -> String {
        switch passage.source {
        case .job: " (job\(passage.metadata["company"]?.string.map { " at \($0)" } ?? ""))"
        case .resume: " (your résumé)"
        case .article, .profile: ""
        }
    }

    /// The first sentences of a text, about 400 characters.
    static func excerpt(_ text: String) -> String {
        guard text.count > 400 else { return text }
        let start = text.prefix(400)
        if let stop = start.lastIndex(where: { ".!?".contains($0) }), text.distance(from: text.startIndex, to: stop) > 150 {
            return String(text[...stop])
        }
        return String(start) + "…"
    }
}
