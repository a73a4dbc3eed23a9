import Platform

/// A part of what an account's owner gets with `auth/export/`. Each feature that keeps rows of an account has one.
protocol PersonalDataSource: Sendable {
    /// The member of the document that it writes.
    var name: String { get }

    /// Writes one value: an object or a list.
    ///
    /// All sources are asked in one read transaction, so they see one state, on a thread that may be kept busy. Rows
    /// may be many: they are written one by one, with a look at the limit after each.
    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws
}

/// How large the document may become. It is built in memory, and an account must not be able to fill that.
struct PersonalDataLimit: Sendable {
    let bytes: Int

    func check(_ writer: JSONWriter) throws(PersonalDataTooLarge) {
        if writer.bytes.count > bytes { throw PersonalDataTooLarge(limit: bytes) }
    }
}

/// The document would be larger than one answer may be.
struct PersonalDataTooLarge: HTTPFact, Equatable {
    let limit: Int

    var status: Int { 413 }

    func writeBody(into writer: inout JSONWriter) {
        let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes"
        writer.object { writer in
            writer.field(
                "detail",
                "Your data is larger than the \(size) that one answer may have. "
                    + "Delete what you do not need, such as old chat sessions, or ask the operator of this server for a copy.")
        }
    }
}

/// The document with everything about one account.
enum PersonalDocument {
    static func write(
        _ account: Account, _ sources: [any PersonalDataSource], at now: Timestamp, within limit: PersonalDataLimit, from reader: Reader
    ) throws -> [UInt8] {
        var writer = JSONWriter(reserving: 65_536)
        try writer.object { writer in
            writer.field("exported_at", now)
            for source in sources {
                writer.key(source.name)
                try source.write(account, from: reader, within: limit, into: &writer)
                try limit.check(writer)
            }
        }
        return writer.bytes
    }
}
