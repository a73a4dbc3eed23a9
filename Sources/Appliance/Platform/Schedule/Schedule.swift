/// A name under which work is ordered again and again, by a timetable.
package struct Schedule: Sendable {
    /// It outlives releases: what has run is stored under it.
    package let name: String
    /// Nil while it is switched off. It can be run by command all the same.
    package let timetable: Timetable?
    /// What is to be done in a slot. It should have a unique key, so that a slot finds the work of the one before it
    /// when that is not done yet, and does not pile up behind it.
    package let order: WorkOrder

    package init(name: String, timetable: Timetable?, order: WorkOrder) {
        self.name = name
        self.timetable = timetable
        self.order = order
    }
}

/// What is known of a schedule between two looks at the clock: all that decides which slot is due.
///
/// The slot that is due is the latest one that is not after now, if it has not run: one slot, however many were missed. So
/// after a downtime the last missed slot runs, once, and a clock that is set forward by an hour brings one run and no
/// burst. A clock that is set back comes by the same slots again; those that have run are known, in the database for as long
/// as it takes, and do not run twice.
struct ScheduleWatch: Sendable {
    let schedule: Schedule
    let timetable: Timetable
    /// Since when it has been switched on with this timetable. Slots up to there are nobody's.
    var since: Timestamp
    /// A slot that is known to have run.
    var settled: Timestamp?

    func due(at now: Timestamp) -> Timestamp? {
        guard let slot = timetable.latest(after: since, through: now), slot != settled else { return nil }
        return slot
    }

    func next(after now: Timestamp) -> Timestamp? { timetable.next(after: max(now, since)) }
}
