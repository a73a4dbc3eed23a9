import Platform

/// What became of one of the caller's notifications on its ways out of the product.
extension NotificationRoutes {
    var deliveryRoutes: [Route] {
        [
            .get(
                Self.base + "notifications/{id}/deliveries/", summary: "What became of one by mail and push, the oldest first.",
                handler: showDeliveries
            ).returns(200, NotificationDocs.deliveries)
        ]
    }

    /// They are as many as there were attempts, which is few, so all stand in one answer.
    @Sendable private func showDeliveries(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        let deliveries = try database.read { reader -> [NotificationDelivery] in
            guard let notification = try NotificationStore.notification(id, of: owner, in: reader) else { throw Self.missing }
            return try NotificationDeliveryStore.deliveries(of: notification, in: reader)
        }
        return .json { writer in
            writer.object { writer in
                writer.field("notification_id", id)
                writer.array("deliveries") { writer in
                    for delivery in deliveries { delivery.write(into: &writer) }
                }
            }
        }
    }
}
