import Platform

/// The one description of an alert's fields.
enum JobAlertResource {
    static let description = Resource<JobAlert>(
        name: "JobAlert",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("user", .identifier) { $1.identifier($0.user) },
            .text("name", max: JobAlert.longestName, get: { $0.name }, set: { $0.name = $1 }),
            .textList(
                "keywords", maxItems: JobAlert.mostKeywords, maxLength: JobAlert.longestKeyword, required: false, default: [],
                get: { $0.criteria.keywords }, set: { $0.criteria.keywords = $1 }),
            .text(
                "location", max: 100, required: false, blank: true, default: "", get: { $0.criteria.location },
                set: { $0.criteria.location = $1 }),
            .choice(
                "job_type", Job.types, required: false, allowBlank: true, default: "", get: { $0.criteria.jobType },
                set: { $0.criteria.jobType = $1 }),
            .choice(
                "experience_level", Job.levels, required: false, allowBlank: true, default: "", get: { $0.criteria.experienceLevel },
                set: { $0.criteria.experienceLevel = $1 }),
            .boolean(
                "remote_only", required: false, default: false, get: { $0.criteria.remoteOnly }, set: { $0.criteria.remoteOnly = $1 }),
            .integer(
                "min_salary", required: false, nullable: true, get: { $0.criteria.minSalary }, set: { $0.criteria.minSalary = $1 }),
            .integer(
                "max_salary", required: false, nullable: true, get: { $0.criteria.maxSalary }, set: { $0.criteria.maxSalary = $1 }),
            .choice(
                "frequency", JobAlert.Frequency.allCases.map(\.rawValue), required: false, default: "daily",
                get: { $0.frequency.rawValue }, set: { $0.frequency = JobAlert.Frequency(rawValue: $1) ?? .daily }),
            .boolean(
                "email_notifications", required: false, default: true, get: { $0.emailNotifications },
                set: { $0.emailNotifications = $1 }),
            .boolean(
                "push_notifications", required: false, default: false, get: { $0.pushNotifications },
                set: { $0.pushNotifications = $1 }),
            .boolean("is_active", required: false, default: true, get: { $0.isActive }, set: { $0.isActive = $1 }),
            .readOnly("last_run", .datetime, nullable: true) { alert, writer in
                if let lastRun = alert.lastRun { writer.timestamp(lastRun) } else { writer.null() }
            },
            .readOnly("created_at", .datetime) { $1.timestamp($0.createdAt) },
            .readOnly("updated_at", .datetime) { $1.timestamp($0.updatedAt) },
        ])
}
