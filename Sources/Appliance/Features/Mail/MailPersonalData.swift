import Platform

/// The mails that were written to the account, with what they were made of, and whether its address takes any.
struct MailData: PersonalDataSource {
    let name = "mails"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.object { writer in
            writer.field("address_refused", try MailStore.refusal(of: account, in: reader))
            try writer.array("written") { writer in
                try MailStore.each(of: account.owner, in: reader) { mail in
                    writer.object { writer in
                        MailRoutes.write(mail, into: &writer)
                        writer.field("content", .object(mail.draft.values))
                    }
                    try limit.check(writer)
                }
            }
        }
    }
}
