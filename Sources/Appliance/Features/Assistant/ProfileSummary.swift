import Platform

/// What the assistant may know of the person who asks.
struct ProfileSummary: Sendable, Equatable {
    var currentTitle = ""
    var currentCompany = ""
    var location = ""
    var experienceLevel = ""
    var skills: [String] = []
    var industries: [String] = []
    var preferredLocations: [String] = []
    var salaryMin: Int?
    var salaryMax: Int?
    var remoteOK = true

    /// Is there anything that the person entered?
    var isEmpty: Bool {
        currentTitle.isEmpty && currentCompany.isEmpty && location.isEmpty && skills.isEmpty && industries.isEmpty
            && preferredLocations.isEmpty && salaryMin == nil && salaryMax == nil
    }

    /// One labelled line for each thing that is known, for a model.
    var lines: String {
        isEmpty ? "" : facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
    }

    /// The same for people, in one sentence.
    var sentence: String { facts.map { "\($0.label.lowercased()) \($0.value)" }.joined(separator: "; ") + "." }

    private var facts: [(label: String, value: String)] {
        let salary =
            switch (salaryMin, salaryMax) {
            case (let low?, let high?): "\(low) to \(high)"
            case (let low?, nil): "at least \(low)"
            case (nil, let high?): "at most \(high)"
            case (nil, nil): ""
            }
        let all = [
            ("Title", currentTitle), ("Company", currentCompany), ("Location", location), ("Experience", experienceLevel),
            ("Skills", skills.joined(separator: ", ")), ("Industries", industries.joined(separator: ", ")),
            ("Wants to work in", preferredLocations.joined(separator: ", ")), ("Salary wish", salary),
            ("Remote work", remoteOK ? "welcome" : "not wanted"),
        ]
        return all.filter { !$0.1.isEmpty }.map { (label: $0.0, value: $0.1) }
    }
}
