import Platform

/// What the account has used of the model, day by day.
struct TokenData: PersonalDataSource {
    let name = "assistant_tokens"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            for (day, tokens) in try TokenLedger.days(of: account.owner, in: reader) {
                writer.object { writer in
                    writer.field("day", day.dayText)
                    writer.field("tokens", tokens)
                }
            }
        }
    }
}
