import Platform

/// How often the account's texts, and the model's answers to it, were flagged. The texts themselves are kept nowhere.
struct ModerationData: PersonalDataSource {
    let name = "moderation_violations"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        let totals = try ModerationStore.totals(of: account.owner, in: reader)
        writer.object { writer in
            for target in ModerationTarget.allCases { writer.field(target.rawValue, totals[target] ?? 0) }
        }
    }
}
