import Platform

/// Keeps `<data>/backup/jobraker.db` fresh: at every interval (daily above
/// 256 MiB, where a copy costs seconds of disk), and only when something changed.
struct SnapshotLoop: Sendable {
    let core: Core
    let intervalMinutes: Int
    var largeBytes: Int64 = 256 << 20

    func run() async {
        while !Task.isCancelled {
            let size = FileSystem.identity(core.directory.databasePath)?.size ?? 0
            let minutes = size > largeBytes ? max(intervalMinutes, 24 * 60) : intervalMinutes
            do {
                try await core.clock.sleep(microseconds: Int64(minutes) * 60_000_000)
                if let info = try await core.database.takeSnapshot(onlyIfChanged: true) {
                    core.log.info("Snapshot taken.", ["bytes": .int(Int(info.bytes))])
                }
            } catch is CancellationError {
                return
            } catch {
                core.log.error("The snapshot failed; the previous one stays.", ["error": .string("\(error)")])
            }
        }
    }
}
