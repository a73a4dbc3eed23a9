import Platform

/// Everything an operator can decide, typed, with every key holding a valid value.
///
/// The values written here are blanks that nobody sees: the table of keys (`Setting.all`) holds the
/// defaults, and `standard` and `load` are the only ways to get a configuration. Fields are named
/// after their keys in camel case.
struct Configuration: Sendable, Equatable {
    var server = ServerSettings()
    var tls = TLSSettings()
    var storage = StorageSettings()
    var backup = BackupSettings()
    var auth = AuthSettings()
    var assistant = AssistantSettings()
    var embeddings = EmbeddingsSettings()
    var queue = QueueSettings()
    var schedule = ScheduleSettings()
    var applications = ApplicationsSettings()
    var limits = LimitsSettings()
    var metrics = MetricsSettings()
    var moderation = ModerationSettings()
    var mail = MailSettings()
    var notifications = NotificationTargetSettings()
    var log = LogSettings()

    fileprivate init() {}

    /// The defaults: what a server without any file runs on.
    static let standard: Configuration = {
        var configuration = Configuration()
        for setting in Setting.all { setting.set(setting.standard, &configuration) }
        return configuration
    }()
}

struct ServerSettings: Sendable, Equatable {
    var listen: [ListenAddress] = []
    var publicURL = ""
    var trustedProxies: [String] = []
    var allowedOrigins: [String] = []
    var bodyLimitBytes = 0
    var maxConnections = 0
    var headerTimeoutSeconds = 0
    var bodyTimeoutSeconds = 0
    var idleTimeoutSeconds = 0
    var drainSeconds = 0

    fileprivate init() {}
}

struct TLSSettings: Sendable, Equatable {
    /// Empty: no TLS, and the other keys mean nothing.
    var listen: [ListenAddress] = []
    var certificate = ""
    var key = ""
    var minimumVersion = TLSMinimumVersion.version12
    var redirect = false

    fileprivate init() {}
}

struct StorageSettings: Sendable, Equatable {
    /// Never empty in a loaded configuration: `$STATE_DIRECTORY` or `./data` has taken its place.
    var directory = ""
    var writerQueue = 0
    var groupLimit = 0

    fileprivate init() {}
}

struct BackupSettings: Sendable, Equatable {
    /// Zero switches the regular backup off.
    var intervalMinutes = 0

    fileprivate init() {}
}

struct AuthSettings: Sendable, Equatable {
    var accessTokenMinutes = 0
    var refreshTokenDays = 0
    /// As written; `Configuration.registrationInForce` says what follows from it.
    var registration = Registration.automatic
    var passwordHashWorkers = 0

    fileprivate init() {}
}

enum Registration: String, Sendable, CaseIterable {
    case automatic = ""
    case open
    case invite
    case closed
}

struct AssistantSettings: Sendable, Equatable {
    var baseURL = ""
    var apiKey = ""
    var model = ""
    var temperature = 0.0
    var connectTimeoutMs = 0
    var firstByteTimeoutMs = 0
    var idleTimeoutMs = 0
    var totalTimeoutMs = 0
    var attempts = 0
    var contextTokens = 0
    var answerTokens = 0
    var historyMessages = 0

    /// Whether there is a model to ask; otherwise the built-in assistant answers.
    var isConfigured: Bool { !baseURL.isEmpty }

    fileprivate init() {}
}

struct EmbeddingsSettings: Sendable, Equatable {
    var provider = EmbeddingsProvider.local
    var baseURL = ""
    var apiKey = ""
    var model = ""
    var dimensions = 0

    fileprivate init() {}
}

enum EmbeddingsProvider: String, Sendable, CaseIterable {
    case local
    case openai
    case off = "none"
}

struct ModerationSettings: Sendable, Equatable {
    var provider = ModerationService.off
    var baseURL = ""
    var apiKey = ""
    var model = ""
    var onFailure = ModerationFailurePolicy.allow
    var timeoutMs = 0

    /// Whether there is anybody to judge a text.
    var isConfigured: Bool { provider != .off }

    fileprivate init() {}
}

enum ModerationService: String, Sendable, CaseIterable {
    case off = "none"
    case openai
}

/// What happens to a text that nobody can judge.
enum ModerationFailurePolicy: String, Sendable, CaseIterable {
    case allow
    case refuse
}

struct MailSettings: Sendable, Equatable {
    /// Empty: nothing is sent.
    var host = ""
    var port = 0
    var security = SMTPServer.Security.startTLS
    var user = ""
    var password = ""
    var caFile = ""
    var from = ""
    var fromName = ""
    var siteURL = ""
    /// Empty: the built-in ones.
    var templates = ""
    var perHour = 0
    var recipientPerHour = 0
    var timeoutSeconds = 0

    /// Whether there is a server to hand mail to.
    var isConfigured: Bool { !host.isEmpty }

    fileprivate init() {}
}

struct NotificationTargetSettings: Sendable, Equatable {
    /// Whether the addresses that users set may lead anywhere.
    var allowPrivateTargets = false

    fileprivate init() {}
}

struct QueueSettings: Sendable, Equatable {
    /// Of all queues together.
    var workers = 0
    var inline = false
    var aiWorkers = 0
    var aiWorkersPerAccount = 0
    var webhookWorkers = 0
    var mailWorkers = 0
    var ingestWorkers = 0
    var indexWorkers = 0
    var maintenanceWorkers = 0
    /// Zero is no limit, here and below.
    var aiPerMinute = 0
    var webhookPerMinute = 0
    var mailPerMinute = 0
    var ingestPerMinute = 0
    var indexPerMinute = 0
    var maintenancePerMinute = 0
    var resultLimitBytes = 0
    var keepDoneDays = 0
    var keepDeadDays = 0

    fileprivate init() {}
}

/// What is written of the schedules; `Configuration.schedules` says what follows from it. A schedule's text is a cron
/// expression, perhaps with a time zone behind it, or says that it is off.
struct ScheduleSettings: Sendable, Equatable {
    var enabled = false
    /// Of those that name none of their own.
    var timezone = ""
    /// Zero: age closes no job.
    var closeJobsAfterDays = 0
    var syncJobs = ""
    var submitApplications = ""
    var matchJobs = ""
    var maintenance = ""
    var fetchAdzuna = ""
    var checkSkyvern = ""
    var embedJobs = ""
    var embedProfiles = ""
    var tellRecommendations = ""
    var tellWeek = ""
    var closeJobs = ""
    var checkIndex = ""
    var watchHealth = ""
    var dailyAlerts = ""
    var weeklyAlerts = ""
    var weeklyRecommendations = ""
    var followUps = ""

    fileprivate init() {}
}

struct ApplicationsSettings: Sendable, Equatable {
    /// The instance's switch of automatic applications.
    var autoApply = false

    fileprivate init() {}
}

struct LimitsSettings: Sendable, Equatable {
    var enabled = false
    var authenticationPerMinute = 0
    var readingPerMinute = 0
    var writingPerMinute = 0
    var assistantPerMinute = 0
    var messagesPerMinute = 0
    var socketsPerAccount = 0
    var socketsPerAddress = 0
    /// Zero is no limit, here and below.
    var accountTokensPerDay = 0
    var instanceTokensPerDay = 0

    fileprivate init() {}
}

struct MetricsSettings: Sendable, Equatable {
    var enabled = false
    /// Empty: loopback only.
    var token = ""

    fileprivate init() {}
}

struct LogSettings: Sendable, Equatable {
    var level = LogLevel.info
    var format = LogFormat.text

    fileprivate init() {}
}
