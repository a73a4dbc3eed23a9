import Platform

/// The rows of one kind that belong to an account, each as the API shows it.
struct ListedData<Value: Sendable>: PersonalDataSource {
    let name: String
    let resource: Resource<Value>
    let list: @Sendable (Account, Reader) throws -> [Value]

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            for value in try list(account, reader) {
                resource.write(value, into: &writer)
                try limit.check(writer)
            }
        }
    }
}
