import Platform

/// All SQL over mails and the addresses that take none.
enum MailStore {
    /// How long a mail is kept after its end.
    static let keptDays = 30
    private static let cleanedAtOnce = 20

    /// Writes a mail down, and clears away some that ended long ago: more may go than come.
    static func add(
        _ draft: MailDraft, to account: Account, state: OutgoingMail.State, code: String = "", detail: String = "",
        notBefore: Timestamp? = nil, in transaction: Transaction
    ) throws -> Identifier {
        _ = try clean(limit: cleanedAtOnce, in: transaction)
        let id = transaction.newIdentifier()
        let name = [account.firstName, account.lastName].filter { !$0.isEmpty }.joined(separator: " ")
        try transaction.execute(
            """
            INSERT INTO mails (id, account_rid, kind, recipient, recipient_key, recipient_name, content, token_rid, useful_until, state,
                code, detail, created_at, finished_at, not_before)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """, id, account.rowID, draft.kind.rawValue, account.email, EmailAddress.key(account.email), name,
            JSONValue.object(draft.values).jsonText, draft.token, draft.usefulUntil, state.rawValue, code, detail, transaction.now,
            state.isFinal ? transaction.now : nil, notBefore)
        return id
    }

    /// Deletes some mails that ended long ago, whoever's they are, and returns how many.
    static func clean(limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM mails WHERE rid IN (SELECT rid FROM mails WHERE finished_at < $1 ORDER BY finished_at LIMIT $2)",
            transaction.now.adding(seconds: -keptDays * 86_400), limit)
    }

    // MARK: Reading

    static func mail(_ id: Identifier, in reader: Reader) throws -> OutgoingMail? {
        try reader.first("SELECT \(columns) FROM mails WHERE id = $1", id, map: read)
    }

    /// The newest first: those before `before`, of one state and one kind where these are given.
    static func list(
        state: OutgoingMail.State?, kind: MailKind?, before: Identifier?, limit: Int, in reader: Reader
    ) throws -> [OutgoingMail] {
        var conditions: [String] = []
        var arguments: [(any SQLBindable)?] = []
        func add(_ condition: String, _ argument: any SQLBindable) {
            arguments.append(argument)
            conditions.append("\(condition) $\(arguments.count)")
        }
        if let state { add("state =", state.rawValue) }
        if let kind { add("kind =", kind.rawValue) }
        if let before {
            arguments.append(before)
            conditions.append("rid < (SELECT rid FROM mails WHERE id = $\(arguments.count))")
        }
        arguments.append(limit)
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try reader.rows(
            "SELECT \(columns) FROM mails \(condition) ORDER BY rid DESC LIMIT $\(arguments.count)", arguments: arguments, map: read)
    }

    /// An account's own, the oldest first.
    static func each(of owner: Owner, in reader: Reader, body: (OutgoingMail) throws -> Void) throws {
        try reader.each("SELECT \(columns) FROM mails WHERE account_rid = $1 ORDER BY rid", owner.rowID) { try body(try read($0)) }
    }

    /// How many attempts since then, to one address or to all, and when the first of them was.
    static func attempts(
        to address: String? = nil, since moment: Timestamp, in reader: Reader
    ) throws -> (count: Int, first: Timestamp?) {
        let condition = address == nil ? "" : " AND recipient_key = $2"
        var found: (Int, Timestamp?) = (0, nil)
        try reader.each(
            "SELECT count(*), min(attempted_at) FROM mails WHERE attempted_at > $1\(condition)",
            arguments: [moment] + (address.map { [EmailAddress.key($0)] } ?? [])
        ) { found = (Int(try $0.int(0)), try $0.timeOrNil(1)) }
        return found
    }

    // MARK: Changing

    /// Notes that an attempt begins now.
    static func noteAttempt(_ mail: OutgoingMail, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE mails SET attempts = attempts + 1, attempted_at = $1 WHERE rid = $2", transaction.now, mail.rowID)
    }

    /// Says how far a mail is that was queued; one that has ended stays as it is. Its end is noted at what it tells of.
    static func set(
        _ state: OutgoingMail.State, _ mail: OutgoingMail, code: String = "", detail: String = "", in transaction: Transaction
    ) throws {
        let changed = try transaction.execute(
            "UPDATE mails SET state = $1, code = $2, detail = $3, finished_at = $4 WHERE rid = $5 AND state = 'queued'", state.rawValue,
            code, detail, state.isFinal ? transaction.now : nil, mail.rowID)
        if changed == 1, state.isFinal { try noteEnd(state, code: code, ofMail: mail.rowID, in: transaction) }
    }

    // MARK: Addresses that take no mail

    /// Why this account's address takes no mail; nil where it does. A mark is for one address, not for a later one.
    static func refusal(of account: Account, in reader: Reader) throws -> String? {
        try reader.first(
            "SELECT detail FROM refused_addresses WHERE account_rid = $1 AND address_key = $2", account.rowID,
            EmailAddress.key(account.email)
        ) { try $0.text(0) }
    }

    static func refuse(_ mail: OutgoingMail, detail: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO refused_addresses (account_rid, address_key, detail, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_rid) DO UPDATE SET address_key = excluded.address_key, detail = excluded.detail, at = excluded.at
            """, mail.owner.rowID, EmailAddress.key(mail.recipient), detail, transaction.now)
    }

    /// Takes the mark away; false when there was none.
    static func allow(_ owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM refused_addresses WHERE account_rid = $1", owner.rowID) == 1
    }

    // MARK: Rows

    private static let columns =
        "rid, id, account_rid, kind, recipient, recipient_name, content, token_rid, useful_until, state, code, detail, attempts, "
        + "created_at, attempted_at, finished_at, not_before"

    private static func read(_ row: borrowing Row) throws -> OutgoingMail {
        guard let kind = MailKind(rawValue: try row.text(3)) else { throw StorageError.unexpectedValue(column: 3) }
        guard let state = OutgoingMail.State(rawValue: try row.text(9)) else { throw StorageError.unexpectedValue(column: 9) }
        guard let values = try row.json(6).object else { throw StorageError.unexpectedValue(column: 6) }
        var draft = MailDraft(kind)
        draft.values = values
        draft.token = try row.intOrNil(7)
        draft.usefulUntil = try row.timeOrNil(8)
        return OutgoingMail(
            rowID: try row.int(0), id: try row.id(1), owner: .ofWork(accountRowID: try row.int(2)), draft: draft,
            recipient: try row.text(4), recipientName: try row.text(5), state: state, code: try row.text(10), detail: try row.text(11),
            attempts: Int(try row.int(12)), createdAt: try row.time(13), notBefore: try row.timeOrNil(16),
            attemptedAt: try row.timeOrNil(14), finishedAt: try row.timeOrNil(15))
    }
}
