import Platform

/// `/api/v1/notifications/targets/`: the addresses to which the caller's notifications are sent.
struct TargetRoutes: Sendable {
    let database: Database
    let configuration: @Sendable () -> Configuration

    static let base = "/api/v1/notifications/targets/"

    var routes: [Route] { targetRoutes + deliveryRoutes }

    private var targetRoutes: [Route] {
        let (base, one, resource) = (Self.base, Self.base + "{id}/", TargetEdit.resource)
        return [
            .get(base, summary: "Where your notifications are sent.", handler: list).returns(200, TargetDocs.list),
            // No idempotency key: the answer would be kept, and with it the secret.
            .post(base, summary: "Have your notifications sent to an address of your own.", handler: create)
                .takes(resource.bodySchema()).returns(201, TargetDocs.created)
                .returns(409, TargetDocs.refusal, "There are as many as an account may have."),
            .get(one, summary: "One of your targets.", handler: show).returns(200, resource.schema),
            .patch(one, summary: "Change a target, or switch it on or off.", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, summary: "Delete a target.", handler: delete).returns(204, nil),
            .post(one + "test/", body: .none, summary: "Send a test to a target; its task tells what came of it.", handler: test)
                .returns(202, TargetDocs.task),
            .post(one + "rotate-secret/", body: .none, summary: "Replace a webhook's secret; the old one signs for a day.", handler: rotate)
                .returns(200, TargetDocs.secret).returns(409, TargetDocs.refusal, "It has no secret."),
        ]
    }

    /// How far the address of a target may lead.
    private var reach: OutboundReach { configuration().notifications.allowPrivateTargets ? .anywhere : .publicOnly }

    // MARK: All

    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let targets = try database.read { try TargetStore.list(of: owner, in: $0) }
        return .json { writer in
            writer.object { writer in
                writer.field("count", targets.count)
                writer.array("results") { writer in
                    for target in targets { TargetEdit.resource.write(TargetEdit(target), into: &writer) }
                }
            }
        }
    }

    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let (body, reach) = (try request.json(), reach)
        let (edit, keys) = try await database.write { transaction in
            let edit = try TargetEdit.create(body, id: transaction.newIdentifier(), at: transaction.now, reach)
            let isWebhook = edit.target.kind == .webhook
            let keys = isWebhook ? TargetKeys.webhook(random: transaction.random) : TargetKeys(token: edit.token)
            try TargetStore.create(edit.target, keys, of: owner, in: transaction)
            return (edit, keys)
        }
        return .json(201) { writer in
            writer.object { writer in
                TargetEdit.resource.writeFields(edit, into: &writer)
                writer.field("secret", keys.secret.map { WebhookSignature.text(ofSecret: $0) })
            }
        }
    }

    // MARK: One

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let target = try database.read { try Self.target(of: request, in: $0) }
        return .json { TargetEdit.resource.write(TargetEdit(target), into: &$0) }
    }

    /// Reads the stored target and writes the changed one in one transaction, so that of two changes at once neither
    /// undoes the other's fields.
    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let (body, reach) = (try request.json(), reach)
        let edit = try await database.write { transaction in
            var edit = TargetEdit(try Self.target(of: request, in: transaction))
            try edit.update(body, reach)
            try TargetStore.set(edit.target, in: transaction)
            if edit.namesToken {
                var keys = try TargetStore.keys(of: edit.target, in: transaction)
                keys.token = edit.token
                try TargetStore.setKeys(keys, of: edit.target, in: transaction)
            }
            return edit
        }
        return .json { TargetEdit.resource.write(edit, into: &$0) }
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id("id", of: request)
        guard try await database.write({ try TargetStore.delete(id, of: owner, in: $0) }) else { throw TargetError.missing }
        return .empty()
    }

    /// Also to one that is switched off: it is tried before it is switched on again.
    @Sendable private func test(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let task = try await database.write { transaction in
            try transaction.enqueue(PushWork.test(of: try Self.target(of: request, in: transaction).id, of: owner))
        }
        return Self.accepted("A test is being sent", task)
    }

    @Sendable private func rotate(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let keys = try await database.write { transaction in
            let target = try Self.target(of: request, in: transaction)
            guard target.kind == .webhook else { throw TargetError.hasNoSecret }
            var keys = try TargetStore.keys(of: target, in: transaction)
            keys.rotate(at: transaction.now, random: transaction.random)
            try TargetStore.setKeys(keys, of: target, in: transaction)
            return keys
        }
        return .json { writer in
            writer.object { writer in
                writer.field("secret", WebhookSignature.text(ofSecret: keys.secret ?? []))
                writer.field("previous_until", keys.previousUntil)
            }
        }
    }

    // MARK: What paths name

    static func target(of request: HTTPRequest, in reader: Reader) throws -> NotificationTarget {
        let owner = try request.requireCaller().owner
        guard let target = try TargetStore.target(try id("id", of: request), of: owner, in: reader) else { throw TargetError.missing }
        return target
    }

    static func id(_ name: String, of request: HTTPRequest) throws -> Identifier {
        guard let id = request.parameters[name].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        return id
    }

    static func accepted(_ message: String, _ task: Identifier) -> HTTPAnswer {
        .json(202) { writer in
            writer.object { writer in
                writer.field("message", message)
                writer.field("task_id", task)
            }
        }
    }
}
