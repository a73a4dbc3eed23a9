import Platform

/// Every application of the account, with its history.
struct ApplicationData: PersonalDataSource {
    let name = "applications"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try ApplicationExport.writeAll(of: Applicant(account), into: &writer, in: reader)
        try limit.check(writer)
    }
}
