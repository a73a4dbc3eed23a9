import Platform

/// What the caller wants sent, and what the caller's notifications are in numbers.
extension NotificationRoutes {
    var settingsRoutes: [Route] {
        [
            .get(Self.base + "settings/", summary: "What you want sent to you, and when.", handler: showSettings)
                .returns(200, NotificationDocs.settings),
            .put(Self.base + "settings/", summary: "Set what you want sent to you, and when.", handler: setSettings)
                .takes(NotificationDocs.settingsBody).returns(200, NotificationDocs.settingsStored),
            .get(Self.base + "statistics/", summary: "Your notifications in numbers.", handler: showStatistics)
                .returns(200, NotificationDocs.statistics),
        ]
    }

    @Sendable private func showSettings(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let settings = try database.read { try NotificationSettingsStore.settings(of: owner, in: $0) }
        return .json { settings.write(into: &$0) }
    }

    /// What the body does not mention stays as it is: older clients know some of the fields only.
    @Sendable private func setSettings(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let body = try request.json()
        let zones = self.zones
        let updatedAt = try await database.write { transaction in
            var settings = try NotificationSettingsStore.settings(of: owner, in: transaction)
            try settings.take(body, zones: zones)
            try NotificationSettingsStore.set(settings, of: owner, in: transaction)
            try MailDelivery.settingsChanged(settings, of: owner, in: transaction)
            return transaction.now
        }
        return .json { writer in
            writer.object { writer in
                writer.field("message", "Notification settings updated successfully")
                writer.field("updated_at", updatedAt)
            }
        }
    }

    @Sendable private func showStatistics(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let now = clock.now()
        let statistics = try database.read { try NotificationStore.statistics(of: owner, at: now, in: $0) }
        return .json { statistics.write(into: &$0) }
    }
}
