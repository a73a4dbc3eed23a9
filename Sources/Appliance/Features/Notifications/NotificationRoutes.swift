import Platform

/// `/api/v1/notifications/`: the caller's notifications, their settings and statistics, and what the staff announce.
struct NotificationRoutes: Sendable {
    let database: Database
    let clock: any PlatformClock
    var zones = TimeZoneNames()

    static let base = "/api/v1/notifications/"

    var routes: [Route] { listRoutes + oneRoutes + deliveryRoutes + settingsRoutes }

    private var listRoutes: [Route] {
        let path = Self.base + "notifications/"
        return [
            .get(Self.base, summary: "The addresses below this one.", handler: root).returns(200, NotificationDocs.root),
            .get(path, summary: "Your notifications, the newest first.", handler: list)
                .asks(NotificationDocs.unreadOnly, NotificationDocs.type, .page, .pageSize(50, maximum: 100))
                .returns(200, NotificationDocs.list),
            .post(path, access: .staff, idempotent: true, summary: "Announce something to all or to some.", handler: announce)
                .takes(NotificationDocs.announcement).returns(201, NotificationDocs.announced),
            .post(path + "mark_all_read/", body: .none, summary: "Mark all as read.", handler: markAllRead)
                .returns(200, NotificationDocs.markedAll),
        ]
    }

    private var oneRoutes: [Route] {
        let one = Self.base + "notifications/{id}/"
        let resource = NotificationResource.description
        return [
            .get(one, summary: "One of your notifications.", handler: show).returns(200, resource.schema),
            .put(one, summary: "Mark one as read or unread.", handler: replace)
                .takes(resource.bodySchema()).returns(200, resource.schema),
            .patch(one, summary: "Mark one as read or unread.", handler: update)
                .takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, summary: "Delete one of your notifications.", handler: delete).returns(204, nil),
            .post(one + "mark_read/", body: .none, summary: "Mark one as read.", handler: markRead).returns(200, NotificationDocs.marked),
        ]
    }

    // MARK: The list

    @Sendable private func root(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { $0.object { $0.field("notifications", request.absoluteURL(Self.base + "notifications/")) } }
    }

    /// The list has a name of its own, and beside it, as everywhere, the addresses of its other pages.
    @Sendable private func list(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let filter = try NotificationFilter(request)
        let page = try Page(request, size: .client(standard: 50, maximum: 100))
        return try await database.readPatiently { reader in
            let count = try NotificationStore.count(filter, of: owner, in: reader)
            let number = try page.number(count: count)
            let notifications = try NotificationStore.list(
                filter, of: owner, limit: page.size, offset: page.offset(count: count), in: reader)
            let unread = try NotificationStore.unreadCount(of: owner, in: reader)
            return .json { writer in
                writer.object { writer in
                    writer.field("count", count)
                    writer.field("unread_count", unread)
                    writer.field("next", number * page.size < count ? Page.link(request, page: number + 1) : nil)
                    writer.field("previous", number > 1 ? Page.link(request, page: number - 1) : nil)
                    writer.array("notifications") { writer in
                        for notification in notifications { NotificationResource.description.write(notification, into: &writer) }
                    }
                }
            }
        }
    }

    @Sendable private func markAllRead(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let marked = try await database.write { try NotificationStore.markAllRead(of: owner, in: $0) }
        return .json { writer in
            writer.object { writer in
                writer.field("message", "All notifications marked as read")
                writer.field("marked_count", marked)
            }
        }
    }

    // MARK: One

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        let found = try database.read { try NotificationStore.notification(id, of: owner, in: $0) }
        return try Self.answer(found)
    }

    @Sendable private func replace(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .replace) }

    @Sendable private func update(_ request: HTTPRequest) async throws -> HTTPAnswer { try await change(request, .update) }

    private func change(_ request: HTTPRequest, _ mode: Resource<Notification>.Mode) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        let body = try request.json()
        let changed = try await database.write { transaction -> Notification? in
            guard var notification = try NotificationStore.notification(id, of: owner, in: transaction) else { return nil }
            try NotificationResource.description.decode(body, into: &notification, mode: mode)
            return try NotificationStore.setRead(notification.isRead, id, of: owner, in: transaction)
        }
        return try Self.answer(changed)
    }

    @Sendable private func delete(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        guard try await database.write({ try NotificationStore.delete(id, of: owner, in: $0) }) else { throw Self.missing }
        return .empty()
    }

    @Sendable private func markRead(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.id(of: request)
        guard try await database.write({ try NotificationStore.setRead(true, id, of: owner, in: $0) }) != nil else { throw Self.missing }
        return .json { writer in
            writer.object { writer in
                writer.field("message", "Notification marked as read")
                writer.field("notification_id", id)
            }
        }
    }

    static let missing = HTTPError.noMatch(model: "Notification")

    private static func answer(_ notification: Notification?) throws -> HTTPAnswer {
        guard let notification else { throw missing }
        return .json { NotificationResource.description.write(notification, into: &$0) }
    }

    static func id(of request: HTTPRequest) throws -> Identifier {
        guard let id = request.parameters["id"].flatMap({ Identifier($0) }) else { throw HTTPError.notFound }
        return id
    }
}
