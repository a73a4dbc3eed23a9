import Platform

/// `/api/v1/common/`: how the server is, and how far the caller's recommendations are.
///
/// Some members are named after programs that the original server needed. They stay, because clients read them, and say
/// that there is none.
struct CommonRoutes: Sendable {
    let database: Database
    let recommendations: any RecommendationFigures
    /// Read at each request, so that a reload takes effect with the next one.
    let isAssistantConfigured: @Sendable () -> Bool
    let isHealthy: @Sendable () async -> Bool

    var routes: [Route] {
        [
            .get("/api/v1/common/health/", summary: "How the server is, and how much is in it.", handler: health)
                .returns(200, Self.healthDocs),
            .get(
                "/api/v1/common/user-recommendations-status/", summary: "How far your recommendations are.", handler: status
            ).returns(200, Self.statusDocs),
        ]
    }

    @Sendable private func health(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let isHealthy = await isHealthy()
        let recommendations = self.recommendations
        let counts = try await database.scan { reader in
            (
                jobs: try JobStore.count(in: reader), accounts: try AccountStore.count(in: reader),
                recommendations: try recommendations.total(in: reader)
            )
        }
        return .json { writer in
            writer.object { writer in
                writer.field("status", isHealthy ? "healthy" : "degraded")
                writer.field("database", isHealthy ? "healthy" : "unhealthy")
                writer.field("redis", "not used")
                writer.field("celery", "unknown")
                writer.field("ai_services", isAssistantConfigured() ? "configured" : "not configured")
                writer.object("recommendations") { writer in
                    writer.field("total_jobs", counts.jobs)
                    writer.field("total_users", counts.accounts)
                    writer.field("total_recommendations", counts.recommendations)
                }
            }
        }
    }

    @Sendable private func status(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let (profile, counts) = try database.read { reader in
            guard let account = try AccountStore.account(caller.owner, in: reader) else { throw HTTPError.userNotFound }
            return (try ProfileStore.profile(of: account, in: reader), try recommendations.counts(of: caller.owner, in: reader))
        }
        return .json { writer in
            writer.object { writer in
                writer.field("user_id", caller.accountID)
                writer.field("profile_configured", profile?.isComplete ?? false)
                writer.field("recommendations_count", counts.total)
                writer.field("pending_recommendations", counts.pending)
                writer.field("viewed_recommendations", counts.viewed)
                writer.field("dismissed_recommendations", counts.dismissed)
                if let lastUpdated = counts.lastUpdated { writer.field("last_updated", lastUpdated) }
            }
        }
    }

    // MARK: For the API's document

    private static let healthDocs = JSONSchema.object([
        JSONSchema.Member("status", .choice(["healthy", "degraded"])), JSONSchema.Member("database", .text),
        JSONSchema.Member("redis", .text), JSONSchema.Member("celery", .text), JSONSchema.Member("ai_services", .text),
        JSONSchema.Member("recommendations", .map(.integer)),
    ])

    private static let statusDocs = JSONSchema.object([
        JSONSchema.Member("user_id", .uuid), JSONSchema.Member("profile_configured", .boolean),
        JSONSchema.Member("recommendations_count", .integer), JSONSchema.Member("pending_recommendations", .integer),
        JSONSchema.Member("viewed_recommendations", .integer), JSONSchema.Member("dismissed_recommendations", .integer),
        JSONSchema.Member("last_updated", .datetime, isRequired: false),
    ])
}
