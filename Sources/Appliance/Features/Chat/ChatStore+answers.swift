import Platform

/// What streams and sockets ask of the messages.
extension ChatStore {
    /// The last question of a session.
    static func lastQuestion(in session: ChatSession, reader: Reader) throws -> ChatMessage? {
        try reader.first(
            "SELECT \(messageColumns) FROM chat_messages WHERE session_rid = $1 AND role = 'user' ORDER BY rid DESC LIMIT 1", session.rowID
        ) { try readMessage($0, of: session.id) }
    }

    static func isAnswered(_ question: Identifier, in session: ChatSession, reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM chat_messages WHERE \(isAnswer)", question, session.rowID) > 0
    }

    /// Makes room for another answer to a question: what was answered before goes, or only what broke off.
    static func removeAnswers(
        to question: Identifier, in session: ChatSession, onlyBrokenOff: Bool, transaction: Transaction
    ) throws {
        let removed = try transaction.execute(
            """
            DELETE FROM chat_messages WHERE question_id = $1 AND session_rid = $2 AND ($3 = 0 OR incomplete IN ('failed', 'interrupted'))
            """, question, session.rowID, onlyBrokenOff)
        guard removed > 0 else { return }
        try transaction.execute(
            "UPDATE chat_sessions SET message_count = message_count - $1 WHERE rid = $2", removed, session.rowID)
    }

    /// Notes that a message was read, the first time; false when the session has none of that id.
    static func markRead(_ id: Identifier, in session: ChatSession, transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "UPDATE chat_messages SET read_at = coalesce(read_at, $1) WHERE id = $2 AND session_rid = $3", transaction.now, id,
            session.rowID) == 1
    }

    /// When each message that was read was, by its id.
    static func readTimes(of session: ChatSession, in reader: Reader) throws -> [Identifier: Timestamp] {
        var times: [Identifier: Timestamp] = [:]
        try reader.each("SELECT id, read_at FROM chat_messages WHERE session_rid = $1 AND read_at IS NOT NULL", session.rowID) {
            times[try $0.id(0)] = try $0.time(1)
        }
        return times
    }
}
