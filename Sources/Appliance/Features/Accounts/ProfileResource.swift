import Platform

/// The one description of a profile's fields. There is no rule between two of them: clients may set the lower
/// salary above the upper one, and set the other afterwards.
enum ProfileResource {
    static let description = Resource<Profile>(
        name: "UserProfile",
        fields: [
            .readOnly("id", .integer) { $1.int($0.rowID) },
            .readOnly("user", .object) { AccountResource.user.write($0.account, into: &$1) },
            text("phone", max: 20, get: { $0.phone }, set: { $0.phone = $1 }),
            text("location", max: 100, get: { $0.location }, set: { $0.location = $1 }),
            .url("linkedin_url", required: false, blank: true, get: { $0.linkedinURL }, set: { $0.linkedinURL = $1 }),
            .url("github_url", required: false, blank: true, get: { $0.githubURL }, set: { $0.githubURL = $1 }),
            .url("portfolio_url", required: false, blank: true, get: { $0.portfolioURL }, set: { $0.portfolioURL = $1 }),
            text("current_title", max: 100, get: { $0.currentTitle }, set: { $0.currentTitle = $1 }),
            text("current_company", max: 100, get: { $0.currentCompany }, set: { $0.currentCompany = $1 }),
            .choice(
                "experience_level", Profile.experienceLevels, required: false, default: "entry", get: { $0.experienceLevel },
                set: { $0.experienceLevel = $1 }),
            list("skills", get: { $0.skills }, set: { $0.skills = $1 }),
            list("industries", get: { $0.industries }, set: { $0.industries = $1 }),
            list("preferred_locations", get: { $0.preferredLocations }, set: { $0.preferredLocations = $1 }),
            list("job_types", get: { $0.jobTypes }, set: { $0.jobTypes = $1 }),
            .integer("salary_min", required: false, nullable: true, get: { $0.salaryMin }, set: { $0.salaryMin = $1 }),
            .integer("salary_max", required: false, nullable: true, get: { $0.salaryMax }, set: { $0.salaryMax = $1 }),
            .boolean("remote_ok", required: false, default: true, get: { $0.remoteOK }, set: { $0.remoteOK = $1 }),
            // An account's résumé is a file that this resource does not hold yet.
            .readOnly("resume", .url, nullable: true) { $1.null() },
            text("cover_letter_template", max: nil, get: { $0.coverLetterTemplate }, set: { $0.coverLetterTemplate = $1 }),
            .boolean(
                "auto_apply_enabled", required: false, default: false, get: { $0.autoApplyEnabled }, set: { $0.autoApplyEnabled = $1 }),
            .integer(
                "auto_apply_limit_daily", required: false, default: 5, get: { $0.autoApplyLimitDaily },
                set: { $0.autoApplyLimitDaily = $1 }),
            .number(
                "match_threshold", range: 0...1, required: false, default: 0.7, get: { $0.matchThreshold },
                set: { $0.matchThreshold = $1 }),
            .readOnly("created_at", .datetime) { $1.timestamp($0.createdAt) },
            .readOnly("updated_at", .datetime) { $1.timestamp($0.updatedAt) },
        ])

    private static func text(
        _ name: String, max: Int?, get: @escaping Field<Profile>.Getter<String>, set: @escaping Field<Profile>.Setter<String>
    ) -> Field<Profile> {
        .text(name, max: max, required: false, blank: true, get: get, set: set)
    }

    private static func list(
        _ name: String, get: @escaping Field<Profile>.Getter<[String]>, set: @escaping Field<Profile>.Setter<[String]>
    ) -> Field<Profile> {
        .textList(name, maxItems: 100, maxLength: 100, required: false, default: [], get: get, set: set)
    }
}
