import Platform

/// All SQL over streamed answers.
enum ChatStreamStore {
    /// How many ended ones a session keeps, for readers that were cut off and come back.
    static let keptPerSession = 8

    /// Begins one, in the transaction that stores the question, and forgets what nobody will come back to.
    static func create(in session: ChatSession, question: Identifier, boot: Identifier, transaction: Transaction) throws -> Identifier {
        try forgetOld(of: session, in: transaction)
        let id = transaction.newIdentifier()
        try transaction.execute(
            """
            INSERT INTO chat_streams (id, session_rid, question_id, boot_id, state, text, delta_lengths, created_at, updated_at)
            VALUES ($1, $2, $3, $4, 'streaming', '', x'', $5, $5)
            """, id, session.rowID, question, boot, transaction.now)
        return id
    }

    /// One that has ended before it began: for an answer that was given in another way.
    static func create(of answer: ChatMessage, in session: ChatSession, question: Identifier, boot: Identifier, transaction: Transaction)
        throws -> Identifier
    {
        let id = try create(in: session, question: question, boot: boot, transaction: transaction)
        var log = DeltaLog()
        if !answer.content.isEmpty { log.append(answer.content) }
        try end(id, .done, log, message: answer.id, in: transaction)
        return id
    }

    private static func forgetOld(of session: ChatSession, in transaction: Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM chat_streams WHERE session_rid = $1 AND state <> 'streaming' AND rid <= (
                SELECT rid FROM chat_streams WHERE session_rid = $1 ORDER BY rid DESC LIMIT 1 OFFSET $2)
            """, session.rowID, keptPerSession - 1)
    }

    /// Writes how far an open one is. One that has ended meanwhile stays as it is.
    static func store(_ id: Identifier, _ log: DeltaLog, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE chat_streams SET text = $1, delta_lengths = $2, updated_at = $3 WHERE id = $4 AND state = 'streaming'", log.text,
            log.lengths, transaction.now, id)
    }

    static func end(_ id: Identifier, _ ending: StreamEnding, _ log: DeltaLog, message: Identifier?, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE chat_streams SET state = $1, error_code = $2, text = $3, delta_lengths = $4, message_id = $5, updated_at = $6
            WHERE id = $7 AND state = 'streaming'
            """, ending.state, ending.failure?.code, log.text, log.lengths, message, transaction.now, id)
    }

    // MARK: Reading

    static func stream(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> ChatStream? {
        guard
            let session = try reader.first(
                """
                SELECT chat_sessions.id FROM chat_streams JOIN chat_sessions ON chat_sessions.rid = chat_streams.session_rid
                WHERE chat_streams.id = $1 AND chat_sessions.account_rid = $2
                """, id, owner.rowID, map: { try $0.id(0) }),
            let session = try ChatStore.session(session, of: owner, in: reader)
        else { return nil }
        return try first("WHERE id = $1", id, session, in: reader)
    }

    /// The newest one that answers a question.
    static func newest(answering question: Identifier, in session: ChatSession, reader: Reader) throws -> ChatStream? {
        try first("WHERE question_id = $1 ORDER BY rid DESC LIMIT 1", question, session, in: reader)
    }

    private static func first(_ condition: String, _ id: Identifier, _ session: ChatSession, in reader: Reader) throws -> ChatStream? {
        let found = try reader.first(
            "SELECT id, question_id, state, error_code, text, delta_lengths, message_id FROM chat_streams \(condition)", id
        ) { row -> (ChatStream, Identifier?) in
            guard let log = DeltaLog(text: try row.text(4), lengths: try row.blob(5)) else { throw StorageError.unexpectedValue(column: 5) }
            let stream = ChatStream(
                id: try row.id(0), session: session.id, question: try row.id(1),
                ending: StreamEnding(state: try row.text(2), code: try row.textOrNil(3)), log: log)
            return (stream, row.isNull(6) ? nil : try row.id(6))
        }
        guard let (found, message) = found else { return nil }
        var stream = found
        stream.message = try message.flatMap { try ChatStore.message($0, in: session, reader: reader) }
        return stream
    }

    // MARK: After a kill

    /// Some of those that an earlier process left open, with their owners.
    static func abandoned(before boot: Identifier, limit: Int, in reader: Reader) throws -> [(stream: ChatStream, owner: Owner)] {
        let found = try reader.rows(
            """
            SELECT chat_streams.id, chat_sessions.account_rid
            FROM chat_streams JOIN chat_sessions ON chat_sessions.rid = chat_streams.session_rid
            WHERE chat_streams.state = 'streaming' AND chat_streams.boot_id <> $1 ORDER BY chat_streams.rid LIMIT $2
            """, boot, limit
        ) { (try $0.id(0), Owner.ofWork(accountRowID: try $0.int(1))) }
        return try found.compactMap { id, owner in try stream(id, of: owner, in: reader).map { ($0, owner) } }
    }
}
