import Platform

/// The `queue` commands. They work with and without a running server: what they change stands in the database, and a
/// running queue hears of it by the commit.
extension Core {
    private var work: WorkAdmin { WorkAdmin(database: database) }

    func manageQueue(_ request: ControlRequest) async throws -> JSONValue {
        do {
            switch request.command {
            case "queue.status": return .array(try await work.queues(at: clock.now()).map(\.json))
            case "queue.list": return try await listWork(request.arguments)
            case "queue.show": return try await showWork(request.arguments)
            case "queue.retry": return try await changeWork(request.arguments, one: work.retry, dead: work.retryDead)
            case "queue.purge": return try await changeWork(request.arguments, one: work.purge, dead: work.purgeDead)
            case "queue.cancel": return try await changeWork(request.arguments, one: work.cancel, dead: nil)
            case "queue.pause", "queue.resume": return try await switchQueue(request)
            default: throw CommandFailure("unknown command \"\(request.command)\": this server is of another release", exit: 2)
            }
        } catch let failure as WorkAdmin.Failure {
            throw CommandFailure(failure.detail)
        } catch let error as ValidationErrors {
            let lines = error.entries.flatMap { entry in entry.messages.map { "\(entry.field): \($0)" } }
            throw CommandFailure(lines.joined(separator: "\n"), exit: 2)
        }
    }

    private func listWork(_ arguments: JSONValue) async throws -> JSONValue {
        var reader = BodyReader(arguments)
        let filter = WorkFilter(list: &reader)
        let limit = reader.integer("limit", range: 1...10_000, default: 50)
        try reader.finish()
        return .array(try await work.list(filter, limit: limit).map { .object($0.json) })
    }

    /// With what is to be done and what came of it: whoever may give commands may read the file.
    private func showWork(_ arguments: JSONValue) async throws -> JSONValue {
        let id = try Self.workID(arguments)
        guard let record = try work.record(id) else { throw Self.unknown(id) }
        var json = record.json
        for (name, value) in try work.inside(id) { json.append(name, value) }
        return .object(json)
    }

    /// One item by its id, or all that is dead.
    private func changeWork(
        _ arguments: JSONValue, one: (Identifier) async throws -> WorkRecord?, dead: ((WorkFilter) async throws -> Int)?
    ) async throws -> JSONValue {
        if arguments["dead"]?.bool == true, let dead {
            var reader = BodyReader(arguments)
            let filter = WorkFilter(&reader)
            try reader.finish()
            return ["tasks": .integer(try await dead(filter))]
        }
        let id = try Self.workID(arguments)
        guard let record = try await one(id) else { throw Self.unknown(id) }
        return .object(record.json)
    }

    private func switchQueue(_ request: ControlRequest) async throws -> JSONValue {
        var reader = BodyReader(request.arguments)
        let name = WorkQueueName(rawValue: reader.choice("queue", WorkQueueName.allCases.map(\.rawValue)))
        try reader.finish()
        guard let name else { throw CommandFailure("there is no such queue", exit: 2) }
        if request.command == "queue.pause" { try await work.pause(name) } else { try await work.resume(name) }
        let queue = try await work.queues(at: clock.now()).first { $0.name == name }
        return queue?.json ?? .null
    }

    private static func workID(_ arguments: JSONValue) throws -> Identifier {
        var reader = BodyReader(arguments)
        let given = reader.identifier("id")
        try reader.finish()
        return try given.get()
    }

    private static func unknown(_ id: Identifier) -> CommandFailure { CommandFailure("there is no work with the id \(id)") }
}
