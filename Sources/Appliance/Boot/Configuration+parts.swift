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
}
