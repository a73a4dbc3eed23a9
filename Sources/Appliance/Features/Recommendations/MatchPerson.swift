import Platform

/// What a profile says, made ready once for the comparison with many jobs.
struct MatchPerson: Sendable {
    /// A word of the profile: as its owner wrote it, and as it is compared.
    struct Term: Sendable, Equatable {
        let written: String
        let key: String
    }

    struct Place: Sendable, Equatable {
        let written: String
        let words: [String]
    }

    let skills: [Term]
    /// The level's place among the levels.
    let level: Int?
    let places: [Place]
    let remoteOK: Bool
    /// The least yearly pay that is wanted, or else the most that was hoped for; nil where none is named.
    let wantedPay: Int?
    let jobTypes: [Term]
    /// The words of the title and of the industries. The skills are not among them: they are judged by themselves.
    let words: TextQuery
    /// Where in a text the skills are.
    let skillFinder: MentionFinder
    /// Where in a text the words are, in any of their forms.
    let wordFinder: MentionFinder
    /// What to look for among all jobs.
    let search: TextQuery

    init(_ profile: Profile) {
        skills = Self.distinct(profile.skills, by: Self.skillKey)
        level = Job.levels.firstIndex(of: profile.experienceLevel)
        places = ([profile.location] + profile.preferredLocations).compactMap { place in
            // Of "Ulm, Germany" the first part is the place.
            let words = TextQuery.words(place.split(separator: ",").first.map { String($0) } ?? "")
            return words.isEmpty ? nil : Place(written: place, words: words)
        }
        remoteOK = profile.remoteOK
        wantedPay = [profile.salaryMin, profile.salaryMax].compactMap { $0 }.first { $0 > 0 }
        jobTypes = Self.distinct(profile.jobTypes, by: Self.typeKey)
        words = TextQuery(([profile.currentTitle] + profile.industries).joined(separator: " "))
        search = TextQuery(([profile.currentTitle] + profile.skills + profile.industries).joined(separator: " "))
        skillFinder = MentionFinder(words: skills.map(\.written))
        wordFinder = MentionFinder(stems: words.terms.map(TextQuery.stem))
    }

    /// A skill without regard to case and to the marks that people set in its name or leave out: "Node.js" is "nodejs".
    /// `+` and `#` are part of a name.
    static func skillKey(_ skill: String) -> String {
        let folded = skill.lowercased()
        let key = String(folded.unicodeScalars.filter { !" .-_/".unicodeScalars.contains($0) })
        return key.isEmpty ? folded : key
    }

    /// "Full-time" and "full time" are "full_time".
    static func typeKey(_ type: String) -> String { type.lowercased().filter { $0.isLetter } }

    private static func distinct(_ texts: [String], by key: (String) -> String) -> [Term] {
        var seen: Set<String> = []
        return texts.map { Term(written: $0, key: key($0)) }.filter { !$0.key.isEmpty && seen.insert($0.key).inserted }
    }
}
