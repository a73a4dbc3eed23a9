import Platform

/// The one description of a job's fields: names, types, limits, choices and defaults.
enum JobResource {
    static let description = Resource<Job>(
        name: "Job",
        fields: [
            kept("id", .identifier) { $1.identifier($0.id) },
            .text("title", max: 200, get: { $0.title }, set: { $0.title = $1 }),
            .text("company", max: 100, get: { $0.company }, set: { $0.company = $1 }),
            .text("description", get: { $0.description }, set: { $0.description = $1 }),
            .text("requirements", required: false, blank: true, get: { $0.requirements }, set: { $0.requirements = $1 }),
            .text("benefits", required: false, blank: true, get: { $0.benefits }, set: { $0.benefits = $1 }),
            .text("location", max: 100, get: { $0.location }, set: { $0.location = $1 }),
            .text("city", max: 50, required: false, blank: true, get: { $0.city }, set: { $0.city = $1 }),
            .text("state", max: 50, required: false, blank: true, get: { $0.state }, set: { $0.state = $1 }),
            .text("country", max: 50, required: false, get: { $0.country }, set: { $0.country = $1 }),
            .boolean("is_remote", required: false, get: { $0.isRemote }, set: { $0.isRemote = $1 }),
            .choice("remote_type", Job.remoteTypes, required: false, get: { $0.remoteType }, set: { $0.remoteType = $1 }),
            .choice("job_type", Job.types, required: false, get: { $0.jobType }, set: { $0.jobType = $1 }),
            .choice("experience_level", Job.levels, required: false, get: { $0.experienceLevel }, set: { $0.experienceLevel = $1 }),
            .integer("salary_min", required: false, nullable: true, get: { $0.salaryMin }, set: { $0.salaryMin = $1 }),
            .integer("salary_max", required: false, nullable: true, get: { $0.salaryMax }, set: { $0.salaryMax = $1 }),
            .text("salary_currency", max: 3, required: false, get: { $0.salaryCurrency }, set: { $0.salaryCurrency = $1 }),
            .choice("salary_period", Job.salaryPeriods, required: false, get: { $0.salaryPeriod }, set: { $0.salaryPeriod = $1 }),
            skills("skills_required", get: { $0.skillsRequired }, set: { $0.skillsRequired = $1 }),
            skills("skills_preferred", get: { $0.skillsPreferred }, set: { $0.skillsPreferred = $1 }),
            skills("technologies", get: { $0.technologies }, set: { $0.technologies = $1 }),
            .text("external_id", max: 100, required: false, blank: true, get: { $0.externalID }, set: { $0.externalID = $1 }),
            .text("external_source", max: 50, required: false, blank: true, get: { $0.externalSource }, set: { $0.externalSource = $1 }),
            .url("external_url", required: false, blank: true, get: { $0.externalURL }, set: { $0.externalURL = $1 }),
            .url("company_logo_url", required: false, blank: true, get: { $0.companyLogoURL }, set: { $0.companyLogoURL = $1 }),
            kept("processed_for_matching", .boolean) { $1.bool($0.isProcessedForMatching) },
            .choice("status", Job.statuses, required: false, get: { $0.status }, set: { $0.status = $1 }),
            .datetime("posted_date", required: false, nullable: true, get: { $0.postedDate }, set: { $0.postedDate = $1 }),
            .datetime(
                "application_deadline", required: false, nullable: true, get: { $0.applicationDeadline },
                set: { $0.applicationDeadline = $1 }),
            kept("view_count", .integer) { $1.int($0.viewCount) },
            kept("application_count", .integer) { $1.int($0.applicationCount) },
            kept("created_at", .datetime) { $1.timestamp($0.createdAt) },
            kept("updated_at", .datetime) { $1.timestamp($0.updatedAt) },
            .readOnly("salary_range_display") { $1.string($0.salaryRangeDisplay) },
            kept("is_expired", .boolean) { $1.bool($0.isExpired) },
        ])

    /// The fields that an import file may fill.
    static let importable = names { $0.isWritable }

    /// Those that it may name, so that an exported file can be imported, but that the server decides.
    static let passedOver = names { !$0.isWritable }

    /// Those of them that are lists.
    static let lists: Set<String> = ["skills_required", "skills_preferred", "technologies"]

    private static func names(_ isMeant: (FieldSchema) -> Bool) -> Set<String> {
        Set(description.fields.map(\.schema).filter(isMeant).map(\.name))
    }

    /// A field that only a stored job has.
    private static func kept(
        _ name: String, _ kind: FieldSchema.Kind, write: @escaping @Sendable (Job.Stored, inout JSONWriter) -> Void
    ) -> Field<Job> {
        .readOnly(name, kind) { job, writer in
            if let stored = job.stored { write(stored, &writer) } else { writer.null() }
        }
    }

    private static func skills(
        _ name: String, get: @escaping Field<Job>.Getter<[String]>, set: @escaping Field<Job>.Setter<[String]>
    ) -> Field<Job> {
        .textList(name, maxItems: 100, maxLength: 100, required: false, get: get, set: set)
    }
}
