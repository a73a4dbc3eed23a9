extension AlertCriteria {
    /// So many of the keywords are named.
    private static let named = 10

    /// What the alert looks for, in words for its owner; empty for one that takes any job.
    var words: String {
        var parts: [String] = []
        if !keywords.isEmpty {
            let more = keywords.count > Self.named ? " or \(keywords.count - Self.named) more" : ""
            parts.append(keywords.prefix(Self.named).joined(separator: " or ") + more)
        }
        if !location.isEmpty { parts.append("in \(location)") }
        if !jobType.isEmpty { parts.append(jobType.replacing("_", with: " ")) }
        if !experienceLevel.isEmpty { parts.append("\(experienceLevel) level") }
        if remoteOnly { parts.append("remote only") }
        if let minSalary, minSalary > 0 { parts.append("pay from \(minSalary)") }
        if let maxSalary, maxSalary > 0 { parts.append("pay up to \(maxSalary)") }
        return parts.joined(separator: ", ")
    }
}
