import Platform

/// What a list of jobs is to hold. Equal filters find the same jobs, and so it is also the key under which counts are kept.
struct JobFilter: Sendable, Hashable {
    /// Parts of these texts, folded; empty asks for nothing.
    var title = ""
    var company = ""
    var location = ""
    var jobType: String?
    var experienceLevel: String?
    var isRemote: Bool?
    var status: String?
    var minimumSalary: Int?
    var maximumSalary: Int?
    /// One of these must be in the skills or the description; folded, sorted, once each. Empty asks for nothing.
    var skills: [String] = []
    /// Words that active jobs are searched for by. `.nothing` is a text without any word.
    var words: Words?

    enum Words: Sendable, Hashable {
        case query(JobQuery)
        case nothing

        var query: JobQuery? {
            if case .query(let query) = self { query } else { nil }
        }
    }

    /// Whether an index leads to just the jobs that are meant, or nearly so; otherwise every job is looked at, and that is
    /// no work for the thread of a request.
    var isIndexed: Bool { !looksAtEach && words == nil }

    /// Whether each job has to be looked at.
    var looksAtEach: Bool {
        !(title.isEmpty && company.isEmpty && location.isEmpty && skills.isEmpty) || minimumSalary != nil || maximumSalary != nil
    }

    /// What it asks for beside words.
    var withoutWords: JobFilter {
        var filter = self
        filter.words = nil
        return filter
    }

    /// Whether nothing can match: no text of a job is as long as this, or there is no word to find.
    var isHopeless: Bool { words == .nothing || [title, company, location].contains { $0.utf8.count > Self.longestText } }

    /// The longest title has 200 characters, whose lower case takes 12 bytes each at most.
    private static let longestText = 2400
}

/// In what order jobs are listed.
enum JobOrder: String, Sendable, CaseIterable {
    /// The newest first; jobs without a date come last.
    case date
    /// The best paid first; jobs that tell no pay come last.
    case salary
    /// The best match first. It needs words.
    case relevance
}
