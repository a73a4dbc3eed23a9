import Platform

/// All SQL over profiles. An account has one, or none after it deleted it.
enum ProfileStore {
    /// Stores a new profile and returns it as it is stored.
    @discardableResult
    static func create(_ profile: Profile, in transaction: Transaction) throws -> Profile {
        let places = (1...columns.count).map { "$\($0 + 2)" }.joined(separator: ", ")
        try transaction.execute(
            """
            INSERT INTO profiles (account_rid, created_at, updated_at, \(columns.joined(separator: ", "))) VALUES ($1, $2, $2, \(places))
            """, arguments: [profile.account.rowID, transaction.now] + values(of: profile))
        var stored = profile
        stored.rowID = transaction.lastRowID
        stored.createdAt = transaction.now
        stored.updatedAt = transaction.now
        try putPassages(of: stored, in: transaction)
        return stored
    }

    static func profile(of account: Account, in reader: Reader) throws -> Profile? {
        try reader.first(
            "SELECT rid, created_at, updated_at, \(columns.joined(separator: ", ")) FROM profiles WHERE account_rid = $1", account.rowID
        ) { try read($0, of: account) }
    }

    /// Stores the profile's new values and returns it with the time of the change.
    static func update(_ profile: Profile, in transaction: Transaction) throws -> Profile {
        let assignments = columns.enumerated().map { "\($0.element) = $\($0.offset + 3)" }.joined(separator: ", ")
        try transaction.execute(
            "UPDATE profiles SET updated_at = $2, \(assignments) WHERE rid = $1",
            arguments: [profile.rowID, transaction.now] + values(of: profile))
        var stored = profile
        stored.updatedAt = transaction.now
        try putPassages(of: stored, in: transaction)
        return stored
    }

    /// Deletes the profile of that number if it is the owner's; false when it is not.
    static func delete(_ rowID: Int64, of owner: Owner, in transaction: Transaction) throws -> Bool {
        guard try transaction.execute("DELETE FROM profiles WHERE rid = $1 AND account_rid = $2", rowID, owner.rowID) == 1 else {
            return false
        }
        try PassageStore.remove(.profile, rowID, in: transaction)
        return true
    }

    static func rowIDs(in reader: Reader) throws -> [Int64] {
        try reader.rows("SELECT rid FROM profiles ORDER BY rid") { try $0.int(0) }
    }

    /// Whose profile a row is. For work on all profiles: the number comes from a row, never from a request.
    static func owner(ofProfile rowID: Int64, in reader: Reader) throws -> Owner? {
        try reader.first("SELECT account_rid FROM profiles WHERE rid = $1", rowID) { Owner.ofWork(accountRowID: try $0.int(0)) }
    }

    private static func putPassages(of profile: Profile, in transaction: Transaction) throws {
        guard let document = profile.document else { return try PassageStore.remove(.profile, profile.rowID, in: transaction) }
        try PassageStore.put(document, in: transaction)
    }

    /// What the assistant may know of an account's owner; an empty summary where there is no profile.
    static func summary(of owner: Owner, in reader: Reader) throws -> ProfileSummary {
        guard let account = try AccountStore.account(owner, in: reader) else { return ProfileSummary() }
        return try profile(of: account, in: reader)?.summary ?? ProfileSummary()
    }

    // MARK: Rows

    private static let columns = [
        "phone", "location", "linkedin_url", "github_url", "portfolio_url", "current_title", "current_company", "experience_level",
        "skills", "industries", "preferred_locations", "job_types", "salary_min", "salary_max", "remote_ok", "cover_letter_template",
        "auto_apply_enabled", "auto_apply_limit_daily", "match_threshold",
    ]

    private static func values(of profile: Profile) -> [(any SQLBindable)?] {
        [
            profile.phone, profile.location, profile.linkedinURL, profile.githubURL, profile.portfolioURL, profile.currentTitle,
            profile.currentCompany, profile.experienceLevel, list(profile.skills), list(profile.industries),
            list(profile.preferredLocations), list(profile.jobTypes), profile.salaryMin, profile.salaryMax, profile.remoteOK,
            profile.coverLetterTemplate, profile.autoApplyEnabled, profile.autoApplyLimitDaily, profile.matchThreshold,
        ]
    }

    private static func read(_ row: borrowing Row, of account: Account) throws -> Profile {
        var profile = Profile(account: account)
        profile.rowID = try row.int(0)
        profile.createdAt = try row.time(1)
        profile.updatedAt = try row.time(2)
        profile.phone = try row.text(3)
        profile.location = try row.text(4)
        profile.linkedinURL = try row.text(5)
        profile.githubURL = try row.text(6)
        profile.portfolioURL = try row.text(7)
        profile.currentTitle = try row.text(8)
        profile.currentCompany = try row.text(9)
        profile.experienceLevel = try row.text(10)
        profile.skills = try texts(row, 11)
        profile.industries = try texts(row, 12)
        profile.preferredLocations = try texts(row, 13)
        profile.jobTypes = try texts(row, 14)
        profile.salaryMin = try row.intOrNil(15).map { Int($0) }
        profile.salaryMax = try row.intOrNil(16).map { Int($0) }
        profile.remoteOK = try row.bool(17)
        profile.coverLetterTemplate = try row.text(18)
        profile.autoApplyEnabled = try row.bool(19)
        profile.autoApplyLimitDaily = Int(try row.int(20))
        profile.matchThreshold = try row.double(21)
        return profile
    }

    private static func list(_ items: [String]) -> String {
        JSONValue.list(items).jsonText
    }

    private static func texts(_ row: borrowing Row, _ column: Int) throws -> [String] {
        guard let items = try row.json(column).array else { throw StorageError.unexpectedValue(column: column) }
        return items.compactMap(\.string)
    }
}
