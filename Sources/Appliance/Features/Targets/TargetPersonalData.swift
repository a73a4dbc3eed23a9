import Platform

/// The account's targets, without what they know us by. What was sent to them stands with each notification.
struct TargetData: PersonalDataSource {
    let name = "notification_targets"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            for target in try TargetStore.list(of: account.owner, in: reader) {
                TargetEdit.resource.write(TargetEdit(target), into: &writer)
                try limit.check(writer)
            }
        }
    }
}
