import Platform

/// What became of what was sent to a target, and having it sent again.
extension TargetRoutes {
    private static let mostListed = 100

    var deliveryRoutes: [Route] {
        let deliveries = Self.base + "{id}/deliveries/"
        return [
            .get(deliveries, summary: "The attempts to reach a target, the newest first.", handler: listDeliveries)
                .asks(
                    Operation.Parameter("before", .uuid, "Those older than this one, for the next page."),
                    Operation.Parameter("limit", .integer(1...Self.mostListed), "How many; 20 if not given.")
                ).returns(200, TargetDocs.deliveries),
            .post(
                deliveries + "{delivery_id}/replay/", body: .none, summary: "Send a notification to a target once more.", handler: replay
            )
            .returns(202, TargetDocs.task).returns(409, TargetDocs.refusal, "The target is switched off."),
        ]
    }

    /// Query fields that say nothing of use are passed over, as everywhere.
    @Sendable private func listDeliveries(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let before = request.query("before").flatMap { Identifier($0) }
        let limit = min(max(request.query("limit").flatMap { Int($0) } ?? 20, 1), Self.mostListed)
        let lines = try await database.readPatiently { reader in
            let target = try Self.target(of: request, in: reader)
            return try NotificationDeliveryStore.deliveries(targetRowID: target.rowID, before: before, limit: limit, in: reader)
        }
        return .json { writer in
            writer.object { writer in
                writer.field("before", lines.count == limit ? lines.last?.attempt.id : nil)
                writer.array("results") { writer in
                    for line in lines {
                        writer.object { writer in
                            writer.field("id", line.attempt.id)
                            writer.field("notification_id", line.notification)
                            writer.field("outcome", line.delivery.outcome.rawValue)
                            line.attempt.writeFields(into: &writer)
                            writer.field("detail", line.delivery.detail)
                            writer.field("at", line.delivery.at)
                        }
                    }
                }
            }
        }
    }

    @Sendable private func replay(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id("delivery_id", of: request)
        let task = try await database.write { transaction in
            let target = try Self.target(of: request, in: transaction)
            guard let line = try NotificationDeliveryStore.delivery(id, targetRowID: target.rowID, in: transaction) else {
                throw TargetError.missingDelivery
            }
            guard target.isEnabled else { throw TargetError.switchedOff }
            return try transaction.enqueue(PushWork.order(line.notification, to: target.id, of: owner, isReplay: true))
        }
        return Self.accepted("The notification is being sent again", task)
    }
}
