import Platform

/// Leads work past all active accounts, some at a time, each few in a transaction of their own: so nobody waits long for the
/// writer, and a walk that is cut off has done what it has done.
struct AccountWalk: Sendable {
    struct Count: Sendable, Equatable {
        var accounts = 0
        /// Those for which there was something to do.
        var told = 0
        var failures = 0
    }

    let database: Database
    let log: Log
    var slice = 20

    /// `body` says whether there was something to do. It may be run again for an account, as every write, and on a repeated
    /// walk: it has to know by what it stores whom it has told.
    func run(_ body: @escaping @Sendable (Account, Transaction) throws -> Bool) async throws -> Count {
        var count = Count()
        var after: Int64 = 0
        while true {
            try Task.checkCancellation()
            let position = after
            let step = try await database.write { transaction in
                var step = Count()
                let owners = try AccountStore.active(after: position, limit: slice, in: transaction)
                for owner in owners {
                    guard let account = try AccountStore.account(owner, in: transaction) else { continue }
                    step.accounts += 1
                    // One account's broken row is no reason to leave the others without.
                    do { step.told += try body(account, transaction) ? 1 : 0 } catch StorageError.unexpectedValue { step.failures += 1 }
                }
                return (count: step, last: owners.last?.rowID)
            }
            count.accounts += step.count.accounts
            count.told += step.count.told
            count.failures += step.count.failures
            guard let last = step.last else { break }
            after = last
        }
        if count.failures > 0 { log.error("The rows of some accounts could not be read.", ["accounts": .int(count.failures)]) }
        return count
    }
}

extension AccountWalk.Count {
    var json: JSONValue { ["accounts": .integer(accounts), "told": .integer(told), "failures": .integer(failures)] }
}
