import Platform

extension AccountStore {
    /// The owners of active accounts, some at a time, in the order of their numbers from behind `after`.
    static func active(after rowID: Int64, limit: Int, in reader: Reader) throws -> [Owner] {
        try reader.rows("SELECT rid FROM accounts WHERE is_active = 1 AND rid > $1 ORDER BY rid LIMIT $2", rowID, limit) {
            Owner.ofWork(accountRowID: try $0.int(0))
        }
    }
}
