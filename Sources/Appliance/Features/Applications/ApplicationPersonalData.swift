import Platform

/// Every application of the account, with its history.
struct ApplicationData: PersonalDataSource {
    let name = "applications"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try ApplicationExport.writeAll(of: Applicant(account), into: &writer, in: reader)
        try limit.check(writer)
    }
}

/// Every order to apply automatically: what the account agreed to.
struct AutoApplyData: PersonalDataSource {
    let name = "auto_apply_orders"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try AutoApplyStore.each(of: account.owner, in: reader) { job, orderedAt in
                writer.object { writer in
                    writer.field("job_id", job)
                    writer.field("ordered_at", orderedAt)
                }
                try limit.check(writer)
            }
        }
    }
}
