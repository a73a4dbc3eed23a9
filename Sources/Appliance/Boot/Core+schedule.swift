import Platform
import Synchronization

/// The `schedule` commands. They work with and without a running server; without one, what is ordered runs at its next start.
extension Core {
    func schedule(_ request: ControlRequest) async throws -> JSONValue {
        switch request.command {
        case "schedule.list": return .array(try schedules.map(describe))
        case "schedule.next": return try nextSlots(request.arguments)
        case "schedule.run": return try await runSchedule(request.arguments)
        case "schedule.outcome": return try outcome(request.arguments)
        default: throw CommandFailure("unknown command \"\(request.command)\": this server is of another release", exit: 2)
        }
    }

    /// The running server's, which a reload may have changed.
    private var schedules: [Schedule] { runningSchedules.current ?? configuredSchedules }

    private func named(_ arguments: JSONValue) throws -> Schedule {
        let name = arguments["name"]?.string ?? ""
        if let schedule = schedules.first(where: { $0.name == name }) { return schedule }
        let nearest = NearestName.of(name, among: schedules.map(\.name))
        throw CommandFailure("there is no schedule \"\(name)\"" + (nearest.map { "; did you mean \($0)?" } ?? ""), exit: 2)
    }

    private func describe(_ schedule: Schedule) throws -> JSONValue {
        let (run, ending) = try database.read { reader -> (ScheduleTable.Run?, WorkTable.Ending?) in
            let run = try ScheduleTable.latest(of: schedule.name, in: reader)
            return (run, try run.flatMap { try WorkTable.ending(of: $0.work, in: reader) })
        }
        let last: JSONValue? = run.map { run -> JSONValue in
            [
                "slot": Self.time(run.slot), "ordered_at": .string(run.orderedAt.iso), "task_id": .string(run.work.description),
                "status": ending.map { .string($0.state.status) } ?? .null, "outcome": ending.flatMap(\.outcome) ?? .null,
            ]
        }
        return [
            "name": .string(schedule.name), "timetable": schedule.timetable.map { .string($0.text) } ?? .null,
            "next": Self.time(schedule.timetable?.next(after: clock.now())), "last": last ?? .null,
        ]
    }

    private static func time(_ moment: Timestamp?) -> JSONValue { moment.map { .string($0.iso) } ?? .null }

    private static let mostSlots = 1000

    private func nextSlots(_ arguments: JSONValue) throws -> JSONValue {
        let wanted = try arguments["name"]?.string == nil ? schedules : [named(arguments)]
        guard let count = arguments["count"]?.int, 1...Self.mostSlots ~= count else {
            throw CommandFailure("the count must be 1 to \(Self.mostSlots)", exit: 2)
        }
        return .array(
            wanted.map { schedule -> JSONValue in
                var (slots, moment): ([JSONValue], Timestamp) = ([], clock.now())
                while slots.count < count, let timetable = schedule.timetable, let slot = timetable.next(after: moment) {
                    slots.append(["at": .string(slot.iso), "local": .string(timetable.zone.text(of: slot))])
                    moment = slot
                }
                return [
                    "name": .string(schedule.name), "timetable": schedule.timetable.map { .string($0.text) } ?? .null,
                    "slots": .array(slots),
                ]
            })
    }

    private func runSchedule(_ arguments: JSONValue) async throws -> JSONValue {
        let schedule = try named(arguments)
        let work = try await database.write { try ScheduleTable.runNow(schedule, in: $0) }
        return [
            "name": .string(schedule.name), "task_id": .string(work.description), "is_running": .bool(runningSchedules.current != nil),
        ]
    }

    /// What has become of an item that `schedule.run` ordered.
    private func outcome(_ arguments: JSONValue) throws -> JSONValue {
        guard let id = arguments["task_id"]?.string.flatMap({ Identifier($0) }),
            let ending = try database.read({ try WorkTable.ending(of: id, in: $0) })
        else { throw CommandFailure("there is no such piece of work", exit: 2) }
        return [
            "status": .string(ending.state.status), "is_final": .bool(ending.state.isFinal), "outcome": ending.outcome ?? .null,
            "result": ending.result, "error": ending.error.map { .string($0) } ?? .null,
            "error_code": ending.errorCode.map { .string($0) } ?? .null,
        ]
    }
}

extension WorkTable.Ending {
    /// A word for what came of it; nil while nothing has.
    var outcome: JSONValue? {
        switch state {
        case .succeeded: result["outcome"] ?? "done"
        case .dead: "failed"
        case .cancelled: "cancelled"
        case .pending, .running, .retry: nil
        }
    }
}

/// The schedules of a running server, as its configuration has them at the moment.
final class RunningSchedules: Sendable {
    /// A value around the function: `Mutex` would wrap a bare one once more at each look.
    private struct Source: Sendable {
        let schedules: @Sendable () -> [Schedule]
    }

    private let source: Mutex<Source?> = Mutex(nil)

    var current: [Schedule]? { source.withLock { $0 }?.schedules() }

    func become(_ new: @escaping @Sendable () -> [Schedule]) { source.withLock { $0 = Source(schedules: new) } }
}
