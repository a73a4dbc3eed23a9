import Platform
import Testing

@testable import Appliance

@Suite struct ConfigurationLoadTests {
    @Test("Without a file the defaults hold: loopback only, data beside the process")
    func defaults() throws {
        let loaded = try Configuration.load(path: nil, environment: [:])
        #expect(loaded.path == nil)
        #expect(loaded.values.server.listen == [ListenAddress(host: "127.0.0.1", port: 8080)])
        #expect(loaded.values.storage.directory == "./data")
        #expect(loaded.values.registrationInForce == .open)
        #expect(!loaded.values.assistant.isConfigured)
        #expect(loaded.origins.count == Setting.all.count)
        #expect(loaded.origins.values.allSatisfy { $0 == .standard })
        var expected = Configuration.standard
        expected.storage.directory = "./data"
        #expect(loaded.values == expected)
    }

    @Test("The data directory is the service manager's, unless the file names one")
    func directory() throws {
        let managed = ["STATE_DIRECTORY": "/var/lib/jobraker:/var/lib/other"]
        let loaded = try Configuration.load(path: nil, environment: managed)
        #expect(loaded.values.storage.directory == "/var/lib/jobraker")
        #expect(loaded[origin: "storage.directory"] == .set(.environment("STATE_DIRECTORY"), nil))
        #expect(try Configuration.load(path: nil, environment: ["STATE_DIRECTORY": ""]).values.storage.directory == "./data")
        #expect(try ConfigurationFile("storage.directory = '/srv/jobs'").load(managed).values.storage.directory == "/srv/jobs")
        #expect(try ConfigurationFile("storage.directory = ''").load(managed).values.storage.directory == "/var/lib/jobraker")
    }

    @Test("Every key of the file reaches its own field")
    func file() throws {
        let file = ConfigurationFile(
            """
            [server]
            listen = ["0.0.0.0:80", "[::1]:0", "localhost:8081"]
            public_url = "https://jobs.example.com"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            allowed_origins = ["https://app.example.com:8443"]
            body_limit_bytes = 1024
            max_connections = 2
            header_timeout_seconds = 3
            body_timeout_seconds = 4
            idle_timeout_seconds = 5
            drain_seconds = 6
            [storage]
            directory = "/srv/jobs"
            writer_queue = 16
            group_limit = 7
            [tls]
            listen = ["0.0.0.0:443"]
            certificate = "/etc/jobs/chain.pem"
            key = "/etc/jobs/key.pem"
            minimum_version = "1.3"
            redirect = false
            [backup]
            interval_minutes = 0
            [auth]
            access_token_minutes = 8
            refresh_token_days = 9
            registration = "closed"
            password_hash_workers = 10
            [assistant]
            base_url = "http://[::1]:11434/v1/"
            api_key = "key-1"
            model = "model-1"
            temperature = 1
            connect_timeout_ms = 101
            first_byte_timeout_ms = 102
            idle_timeout_ms = 103
            total_timeout_ms = 1104
            attempts = 5
            context_tokens = 1000
            answer_tokens = 106
            history_messages = 107
            [embeddings]
            provider = "openai"
            base_url = "https://api.example.com"
            api_key = "key-2"
            model = "model-2"
            dimensions = 108
            [moderation]
            provider = "openai"
            base_url = "https://judge.example.com"
            api_key = "key-3"
            model = "model-3"
            on_failure = "refuse"
            timeout_ms = 109
            [mail]
            host = "mail.example.com"
            port = 465
            security = "tls"
            user = "jobs"
            password = "key-5"
            ca_file = "/etc/jobs/ca.pem"
            from = "jobs@example.com"
            from_name = "Jobs"
            site_url = "https://app.example.com"
            templates = "/etc/jobs/mail"
            per_hour = 117
            recipient_per_hour = 118
            timeout_seconds = 119
            [notifications]
            allow_private_targets = true
            [queue]
            workers = 11
            inline = true
            ai_workers = 12
            ai_workers_per_account = 13
            webhook_workers = 14
            mail_workers = 15
            ingest_workers = 16
            index_workers = 17
            maintenance_workers = 18
            ai_per_minute = 21
            webhook_per_minute = 22
            mail_per_minute = 23
            ingest_per_minute = 24
            index_per_minute = 25
            maintenance_per_minute = 26
            result_limit_bytes = 2048
            keep_done_days = 27
            keep_dead_days = 28
            [schedule]
            enabled = false
            timezone = "Europe/Berlin"
            close_jobs_after_days = 117
            automated_daily_job_sync = "1 0 * * *"
            fetch_adzuna_jobs = "2 0 * * *"
            batch_intelligent_job_matching = "3 0 * * * UTC"
            send_daily_job_recommendations = "4 0 * * *"
            send_weekly_job_recommendations = "5 0 * * *"
            process_daily_job_alerts = "6 0 * * *"
            process_weekly_job_alerts = "7 0 * * *"
            send_follow_up_reminders = "8 0 * * *"
            send_weekly_activity_summary = "9 0 * * *"
            process_pending_applications = "10 0 * * *"
            check_stale_skyvern_applications = "11 0 * * *"
            clean_up_old_job_listings = "12 0 * * *"
            batch_generate_job_embeddings = "13 0 * * *"
            batch_generate_user_embeddings = "14 0 * * *"
            rebuild_embedding_index = "15 0 * * *"
            weekly_system_maintenance = "off"
            monitor_system_health = ""
            [applications]
            auto_apply = true
            [limits]
            enabled = false
            authentication_per_minute = 110
            reading_per_minute = 111
            writing_per_minute = 112
            assistant_per_minute = 113
            messages_per_minute = 114
            sockets_per_account = 115
            sockets_per_address = 116
            account_tokens_per_day = 114
            instance_tokens_per_day = 0
            [metrics]
            enabled = false
            token = "key-4"
            [log]
            level = "error"
            format = "json"
            """)
        let loaded = try file.load()
        let values = loaded.values
        #expect(values.server.listen.map(\.description) == ["0.0.0.0:80", "[::1]:0", "localhost:8081"])
        #expect(values.server.publicURL == "https://jobs.example.com")
        #expect(values.server.trustedProxies == ["10.0.0.0/8", "::1"])
        #expect(values.server.allowedOrigins == ["https://app.example.com:8443"])
        #expect((values.server.bodyLimitBytes, values.server.maxConnections) == (1024, 2))
        #expect((values.server.headerTimeoutSeconds, values.server.bodyTimeoutSeconds) == (3, 4))
        #expect((values.server.idleTimeoutSeconds, values.server.drainSeconds) == (5, 6))
        #expect((values.storage.directory, values.storage.writerQueue, values.storage.groupLimit) == ("/srv/jobs", 16, 7))
        #expect(values.tls.listen.map(\.description) == ["0.0.0.0:443"] && values.tls.minimumVersion == .version13)
        #expect((values.tls.certificate, values.tls.key) == ("/etc/jobs/chain.pem", "/etc/jobs/key.pem"))
        #expect(!values.tls.redirect)
        #expect(values.backup.intervalMinutes == 0)
        #expect((values.auth.accessTokenMinutes, values.auth.refreshTokenDays) == (8, 9))
        #expect((values.auth.registration, values.auth.passwordHashWorkers) == (.closed, 10))
        #expect(values.assistant.isConfigured)
        #expect((values.assistant.baseURL, values.assistant.apiKey) == ("http://[::1]:11434/v1/", "key-1"))
        #expect((values.assistant.model, values.assistant.temperature) == ("model-1", 1))
        #expect((values.assistant.connectTimeoutMs, values.assistant.firstByteTimeoutMs) == (101, 102))
        #expect((values.assistant.idleTimeoutMs, values.assistant.totalTimeoutMs, values.assistant.attempts) == (103, 1104, 5))
        #expect((values.assistant.contextTokens, values.assistant.answerTokens) == (1000, 106))
        #expect(values.assistant.historyMessages == 107)
        #expect((values.embeddings.provider, values.embeddings.baseURL) == (.openai, "https://api.example.com"))
        #expect((values.embeddings.apiKey, values.embeddings.model, values.embeddings.dimensions) == ("key-2", "model-2", 108))
        #expect((values.moderation.provider, values.moderation.baseURL) == (.openai, "https://judge.example.com"))
        #expect((values.moderation.apiKey, values.moderation.model) == ("key-3", "model-3"))
        #expect((values.moderation.onFailure, values.moderation.timeoutMs) == (.refuse, 109))
        #expect((values.mail.host, values.mail.port, values.mail.security) == ("mail.example.com", 465, .tls))
        #expect((values.mail.user, values.mail.password, values.mail.caFile) == ("jobs", "key-5", "/etc/jobs/ca.pem"))
        #expect((values.mail.from, values.mail.fromName, values.mail.siteURL) == ("jobs@example.com", "Jobs", "https://app.example.com"))
        #expect((values.mail.templates, values.mail.perHour) == ("/etc/jobs/mail", 117))
        #expect((values.mail.recipientPerHour, values.mail.timeoutSeconds) == (118, 119))
        #expect(values.notifications.allowPrivateTargets)
        #expect((values.queue.workers, values.queue.inline, values.applications.autoApply) == (11, true, true))
        let queue = values.queueSettings
        #expect(queue.places == 11 && queue.resultLimitBytes == 2048 && queue.keepsDoneDays == 27 && queue.keepsDeadDays == 28)
        #expect(
            queue.shares == [
                .ai: WorkShare(places: 12, placesPerAccount: 13, startsPerMinute: 21),
                .webhook: WorkShare(places: 14, startsPerMinute: 22), .mail: WorkShare(places: 15, startsPerMinute: 23),
                .ingest: WorkShare(places: 16, startsPerMinute: 24), .index: WorkShare(places: 17, startsPerMinute: 25),
                .maintenance: WorkShare(places: 18, startsPerMinute: 26),
            ])
        let schedule = values.schedule
        #expect((schedule.enabled, schedule.timezone, schedule.closeJobsAfterDays) == (false, "Europe/Berlin", 117))
        let written: [String] = [
            schedule.syncJobs, schedule.fetchAdzuna, schedule.matchJobs, schedule.tellRecommendations, schedule.weeklyRecommendations,
            schedule.dailyAlerts, schedule.weeklyAlerts, schedule.followUps, schedule.tellWeek, schedule.submitApplications,
            schedule.checkSkyvern, schedule.closeJobs, schedule.embedJobs, schedule.embedProfiles, schedule.checkIndex,
            schedule.maintenance, schedule.watchHealth,
        ]
        let numbered = (1...15).map { (minute: Int) -> String in minute == 3 ? "3 0 * * * UTC" : "\(minute) 0 * * *" }
        #expect(written == numbered + ["off", ""])
        #expect((values.limits.enabled, values.metrics.enabled, values.metrics.token) == (false, false, "key-4"))
        #expect((values.limits.authenticationPerMinute, values.limits.readingPerMinute) == (110, 111))
        #expect((values.limits.writingPerMinute, values.limits.assistantPerMinute) == (112, 113))
        let sockets = (values.limits.messagesPerMinute, values.limits.socketsPerAccount, values.limits.socketsPerAddress)
        #expect(sockets == (114, 115, 116))
        #expect((values.limits.accountTokensPerDay, values.limits.instanceTokensPerDay) == (114, 0))
        #expect((values.log.level, values.log.format) == (.error, .json))
        // Each key was given above, and with a value that is not its default.
        let (changed, needRestart) = Configuration.changes(from: try Configuration.load(path: nil, environment: [:]), to: loaded)
        #expect(changed.count + needRestart.count == Setting.all.count)
        #expect(loaded[origin: "server.drain_seconds"] == .set(.file(file.path), .init(line: 11, column: 1)))
    }

    @Test("A table of ours may be empty, and tables may be written in any way that TOML knows")
    func shapes() throws {
        #expect(ConfigurationFile.mistakes("[server]\n[log]\n") == [])
        #expect(try ConfigurationFile("server = { drain_seconds = 1 }\nlog.level = 'debug'").load().values.server.drainSeconds == 1)
    }

    @Test("Each table and each field has exactly one row in the table of keys")
    func rows() {
        let fields = Mirror(reflecting: Configuration.standard).children.reduce(0) { $0 + Mirror(reflecting: $1.value).children.count }
        #expect(fields == Setting.all.count)
        #expect(Setting.byKey.count == Setting.all.count)
        for table in SettingTable.all {
            #expect(table.settings.allSatisfy { $0.table == table.name })
        }
    }

    @Test("Every default obeys its own rule and comes back from its field")
    func standards() {
        for setting in Setting.all {
            #expect(setting.rule.breaches(setting.standard).isEmpty, "\(setting.key)")
            #expect(setting.get(.standard) == setting.standard, "\(setting.key)")
        }
    }

    @Test(
        "Registration left to itself is open only where no sign of other machines is",
        arguments: [
            ("", .open),
            ("server.listen = ['127.0.0.1:1', '127.9.9.9:1', '[::1]:1', 'localhost:2', 'LocalHost:3']", .open),
            ("server.listen = ['127.0.0.1:1', '0.0.0.0:1']", .invite),
            ("server.listen = ['[::]:1']", .invite),
            ("server.listen = ['jobs.example.com:1']", .invite),
            ("tls = { listen = ['127.0.0.1:1'], certificate = '/c', key = '/k' }", .open),
            ("tls = { listen = ['127.0.0.1:1', '[::]:443'], certificate = '/c', key = '/k' }", .invite),
            ("server.public_url = 'http://localhost:8080'", .open),
            ("server.public_url = 'https://127.0.0.1:8443'", .open),
            ("server.public_url = 'http://[::1]:8080'", .open),
            ("server.public_url = 'http://192.0.2.1:8080'", .invite),
            ("server.public_url = 'http://[2001:db8::1]'", .invite),
            ("server.public_url = 'https://jobs.example.com'", .invite),
            ("server.public_url = 'https://localhost.example.com'", .invite),
            ("server.trusted_proxies = ['10.0.0.0/8']", .invite),
            ("server.trusted_proxies = ['127.0.0.1']", .invite),
        ] as [(String, RegistrationMode)])
    func registration(_ text: String, _ mode: RegistrationMode) throws {
        #expect(try ConfigurationFile(text).load().values.registrationInForce == mode)
        #expect(try ConfigurationFile(text + "\nauth.registration = ''").load().values.registrationInForce == mode)
    }

    @Test("What is written of registration is in force wherever the server listens", arguments: RegistrationMode.allCases)
    func writtenRegistration(_ mode: RegistrationMode) throws {
        for listen in ["127.0.0.1:1", "0.0.0.0:1"] {
            let text = "server.listen = ['\(listen)']\nauth.registration = '\(mode.rawValue)'"
            #expect(try ConfigurationFile(text).load().values.registrationInForce == mode)
        }
        #expect(ConfigurationFile.mistakes("auth.registration = '\(mode.rawValue.uppercased())'").count == 1)
    }
}
