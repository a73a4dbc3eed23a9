/// What keeps the leases of running work, frees what nobody keeps, and deletes what is over.
extension WorkQueue {
    func keepLeases() async {
        var sinceCleaning = 0
        while (try? await clock.sleep(microseconds: Int64(settings.heartbeatSeconds) * 1_000_000)) != nil {
            sinceCleaning += settings.heartbeatSeconds
            do {
                try await heartbeat()
                if sinceCleaning >= 600 {
                    sinceCleaning = 0
                    try await clean()
                }
            } catch {
                log.warning("The leases of running work were not renewed.", ["error": .string("\(error)")])
            }
        }
    }

    /// Renews what runs here, frees what nobody renews any more, and stops what was cancelled unheard. Without any of it
    /// there is no write.
    private func heartbeat() async throws {
        let held = runningRowIDs
        let now = clock.now()
        guard try !held.isEmpty || database.read({ try WorkTable.hasExpiredLease(at: now, in: $0) }) else { return }
        let (lease, end) = (lease, now.adding(seconds: settings.leaseSeconds))
        let (freed, unwanted) = try await database.write { transaction in
            try WorkTable.renew(held, by: lease, until: end, in: transaction)
            return (try WorkTable.freeAbandoned(by: lease, in: transaction), try WorkTable.toStop(held, in: transaction))
        }
        cancel(unwanted)
        if freed > 0 { wake() }
    }

    private func clean() async throws {
        let now = clock.now()
        let done = now.adding(seconds: -settings.keepsDoneDays * 86_400)
        let dead = now.adding(seconds: -settings.keepsDeadDays * 86_400)
        while try await database.write({ try WorkTable.clean(doneBefore: done, deadBefore: dead, limit: 500, in: $0) }) {}
    }
}
