import Platform

// How the configuration's words become what the parts are given.

extension Configuration {
    var rateLimits: RateLimiter.Limits {
        RateLimiter.Limits(
            isEnabled: limits.enabled, authentication: limits.authenticationPerMinute, reading: limits.readingPerMinute,
            writing: limits.writingPerMinute, assistant: limits.assistantPerMinute, message: limits.messagesPerMinute)
    }

    var socketQuotas: SocketRegistry.Quotas {
        SocketRegistry.Quotas(isEnabled: limits.enabled, perAccount: limits.socketsPerAccount, perAddress: limits.socketsPerAddress)
    }

    var tokenAllowance: TokenAllowance {
        limits.enabled
            ? TokenAllowance(account: limits.accountTokensPerDay, instance: limits.instanceTokensPerDay)
            : TokenAllowance(account: 0, instance: 0)
    }

    /// Zero is no limit.
    var queueSettings: WorkQueue.Settings {
        func share(_ places: Int, _ startsPerMinute: Int, perAccount: Int? = nil) -> WorkShare {
            WorkShare(places: places, placesPerAccount: perAccount, startsPerMinute: startsPerMinute > 0 ? startsPerMinute : nil)
        }
        var settings = WorkQueue.Settings()
        settings.places = queue.workers
        settings.shares = [
            .ai: share(queue.aiWorkers, queue.aiPerMinute, perAccount: queue.aiWorkersPerAccount),
            .webhook: share(queue.webhookWorkers, queue.webhookPerMinute), .mail: share(queue.mailWorkers, queue.mailPerMinute),
            .ingest: share(queue.ingestWorkers, queue.ingestPerMinute), .index: share(queue.indexWorkers, queue.indexPerMinute),
            .maintenance: share(queue.maintenanceWorkers, queue.maintenancePerMinute),
        ]
        settings.resultLimitBytes = queue.resultLimitBytes
        settings.keepsDoneDays = queue.keepDoneDays
        settings.keepsDeadDays = queue.keepDeadDays
        return settings
    }
}
