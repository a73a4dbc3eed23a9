import Platform

/// All SQL over chat sessions and their messages. Every function that reaches
/// a row of an account demands its `Owner`.
enum ChatStore {
    // MARK: Sessions

    static func createSession(_ owner: Owner, title: String?, in transaction: Transaction) throws -> ChatSession {
        let id = transaction.newIdentifier()
        try transaction.execute(
            "INSERT INTO chat_sessions (id, account_rid, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", id, owner.rowID,
            title, transaction.now)
        return ChatSession(
            rowID: transaction.lastRowID, id: id, title: title, createdAt: transaction.now, updatedAt: transaction.now,
            lastMessageAt: nil, lastMessagePreview: nil, messageCount: 0)
    }

    static func session(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> ChatSession? {
        try reader.first(
            "SELECT \(sessionColumns) FROM chat_sessions WHERE id = $1 AND account_rid = $2", id, owner.rowID, map: readSession)
    }

    static func sessionCount(of owner: Owner, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM chat_sessions WHERE account_rid = $1", owner.rowID))
    }

    /// Newest talk first; sessions without a message come last (SQLite sorts NULL lowest).
    static func sessions(of owner: Owner, limit: Int, offset: Int, in reader: Reader) throws -> [ChatSession] {
        try reader.rows(
            """
            SELECT \(sessionColumns) FROM chat_sessions WHERE account_rid = $1
            ORDER BY last_message_at DESC, updated_at DESC, rid DESC LIMIT $2 OFFSET $3
            """, owner.rowID, limit, offset, map: readSession)
    }

    static func rename(_ id: Identifier, of owner: Owner, to title: String?, in transaction: Transaction) throws -> ChatSession? {
        let changed = try transaction.execute(
            "UPDATE chat_sessions SET title = $1, updated_at = $2 WHERE id = $3 AND account_rid = $4", title, transaction.now, id,
            owner.rowID)
        return changed == 0 ? nil : try session(id, of: owner, in: transaction)
    }

    /// Deletes the session with its messages; false when there is none.
    static func deleteSession(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        guard try transaction.execute("DELETE FROM chat_sessions WHERE id = $1 AND account_rid = $2", id, owner.rowID) == 1 else {
            return false
        }
        transaction.emit(ChatSessionDeleted(session: id))
        return true
    }

    // MARK: Messages

    /// Stores a message and brings the session's count, preview and time up to date.
    static func addMessage(
        to session: ChatSession, role: ChatMessage.Role, content: String, metadata: JSONValue = .object(JSONObject([])),
        functionCallData: JSONValue? = nil, answering question: Identifier? = nil, incomplete: String? = nil, requestKey: String? = nil,
        in transaction: Transaction
    ) throws -> ChatMessage {
        let message = ChatMessage(
            id: transaction.newIdentifier(), session: session.id, role: role, content: content, timestamp: transaction.now,
            functionCallData: functionCallData, functionName: nil, metadata: metadata)
        try transaction.execute(
            """
            INSERT INTO chat_messages
                (id, session_rid, role, content, timestamp, function_call_data, metadata, request_key, question_id, incomplete)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, message.id, session.rowID, role.rawValue, content, message.timestamp, functionCallData?.jsonText, metadata.jsonText,
            requestKey, question, incomplete)
        try transaction.execute(
            """
            UPDATE chat_sessions SET message_count = message_count + 1, last_message_preview = $1, last_message_at = $2, updated_at = $2
            WHERE rid = $3
            """, ChatSession.preview(of: content), transaction.now, session.rowID)
        return message
    }

    static func messages(of session: ChatSession, limit: Int, offset: Int = 0, in reader: Reader) throws -> [ChatMessage] {
        try reader.rows(
            "SELECT \(messageColumns) FROM chat_messages WHERE session_rid = $1 ORDER BY rid LIMIT $2 OFFSET $3", session.rowID, limit,
            offset
        ) { try readMessage($0, of: session.id) }
    }

    /// A message and those before it, oldest first; the newest of them, when they are more than `limit`.
    static func messages(of session: ChatSession, upTo last: ChatMessage, limit: Int, in reader: Reader) throws -> [ChatMessage] {
        try reader.rows(
            """
            SELECT \(messageColumns) FROM chat_messages
            WHERE session_rid = $1 AND rid <= (SELECT rid FROM chat_messages WHERE id = $2) ORDER BY rid DESC LIMIT $3
            """, session.rowID, last.id, limit
        ) { row -> ChatMessage in try readMessage(row, of: session.id) }.reversed()
    }

    /// The message that an earlier request with this key stored, and its session.
    static func message(requestKey: String, of owner: Owner, in reader: Reader) throws -> (session: ChatSession, message: ChatMessage)? {
        let sessionID = try reader.first(
            """
            SELECT chat_sessions.id FROM chat_messages JOIN chat_sessions ON chat_sessions.rid = chat_messages.session_rid
            WHERE chat_messages.request_key = $1 AND chat_sessions.account_rid = $2
            """, requestKey, owner.rowID
        ) { try $0.id(0) }
        guard let sessionID, let session = try session(sessionID, of: owner, in: reader) else { return nil }
        let message = try reader.first(
            "SELECT \(messageColumns) FROM chat_messages WHERE session_rid = $1 AND request_key = $2", session.rowID, requestKey
        ) { try readMessage($0, of: session.id) }
        return message.map { (session, $0) }
    }

    static func message(_ id: Identifier, in session: ChatSession, reader: Reader) throws -> ChatMessage? {
        try reader.first("SELECT \(messageColumns) FROM chat_messages WHERE id = $1 AND session_rid = $2", id, session.rowID) {
            try readMessage($0, of: session.id)
        }
    }

    /// The answer to a question, if it was given. One that was stopped is one; one that broke off is not.
    static func answer(to question: ChatMessage, in session: ChatSession, reader: Reader) throws -> ChatMessage? {
        try reader.first(
            "SELECT \(messageColumns) FROM chat_messages WHERE \(isAnswer) ORDER BY rid LIMIT 1", question.id, session.rowID
        ) { try readMessage($0, of: session.id) }
    }

    static let isAnswer = "question_id = $1 AND session_rid = $2 AND (incomplete IS NULL OR incomplete = 'stopped')"

    // MARK: Whole accounts

    /// Every session of the owner, the oldest first.
    static func eachSession(of owner: Owner, in reader: Reader, body: (ChatSession) throws -> Void) throws {
        try reader.each("SELECT \(sessionColumns) FROM chat_sessions WHERE account_rid = $1 ORDER BY rid", owner.rowID) {
            try body(try readSession($0))
        }
    }

    /// Every message of a session, the oldest first.
    static func eachMessage(of session: ChatSession, in reader: Reader, body: (ChatMessage) throws -> Void) throws {
        try reader.each("SELECT \(messageColumns) FROM chat_messages WHERE session_rid = $1 ORDER BY rid", session.rowID) {
            try body(try readMessage($0, of: session.id))
        }
    }

    // MARK: All accounts together

    struct Activity: Sendable, Equatable {
        var sessions: Int
        var messages: Int
        var accounts: Int
    }

    /// How much was talked since then. Identifiers follow time, so their index finds the messages.
    static func activity(since moment: Timestamp, in reader: Reader) throws -> Activity {
        try reader.first(countingActivity, Identifier(lowestAt: moment)) { row in
            Activity(sessions: Int(try row.int(0)), messages: Int(try row.int(1)), accounts: Int(try row.int(2)))
        } ?? Activity(sessions: 0, messages: 0, accounts: 0)
    }

    static let countingActivity = """
        SELECT count(DISTINCT chat_messages.session_rid), count(*), count(DISTINCT chat_sessions.account_rid)
        FROM chat_messages JOIN chat_sessions ON chat_sessions.rid = chat_messages.session_rid WHERE chat_messages.id >= $1
        """

    // MARK: Rows

    private static let sessionColumns =
        "rid, id, title, created_at, updated_at, last_message_at, last_message_preview, message_count"

    private static func readSession(_ row: borrowing Row) throws -> ChatSession {
        ChatSession(
            rowID: try row.int(0), id: try row.id(1), title: try row.textOrNil(2), createdAt: try row.time(3), updatedAt: try row.time(4),
            lastMessageAt: try row.timeOrNil(5), lastMessagePreview: try row.textOrNil(6), messageCount: Int(try row.int(7)))
    }

    static let messageColumns = "id, role, content, timestamp, function_call_data, function_name, metadata"

    static func readMessage(_ row: borrowing Row, of session: Identifier) throws -> ChatMessage {
        guard let role = ChatMessage.Role(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
        return ChatMessage(
            id: try row.id(0), session: session, role: role, content: try row.text(2), timestamp: try row.time(3),
            functionCallData: row.isNull(4) ? nil : try row.json(4), functionName: try row.textOrNil(5), metadata: try row.json(6))
    }
}
