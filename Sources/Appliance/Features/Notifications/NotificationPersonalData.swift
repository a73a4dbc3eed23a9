import Platform

/// The account's notifications, with what became of each on its ways.
struct NotificationData: PersonalDataSource {
    let name = "notifications"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try NotificationStore.each(of: account.owner, in: reader) { notification, readAt in
                try writer.object { writer in
                    NotificationResource.description.writeFields(notification, into: &writer)
                    writer.field("read_at", readAt)
                    writer.field("waits_for_digest", try DigestStore.isWaiting(notification, in: reader))
                    try writer.array("deliveries") { writer in
                        for delivery in try NotificationDeliveryStore.deliveries(of: notification, in: reader) {
                            delivery.write(into: &writer)
                        }
                    }
                }
                try limit.check(writer)
            }
        }
    }
}

/// What the account wants sent to it.
struct NotificationSettingsData: PersonalDataSource {
    let name = "notification_settings"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try NotificationSettingsStore.settings(of: account.owner, in: reader).write(into: &writer)
    }
}
