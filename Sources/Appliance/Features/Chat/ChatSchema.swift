import Platform

enum ChatSchema {
    static let migrations = [
        Migration(
            version: 40, name: "chat",
            sql: """
                -- The list of sessions shows a count and a preview of each; both are kept here by the
                -- transaction that writes a message, so that a list reads one index and no messages.
                CREATE TABLE chat_sessions (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    title TEXT,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    last_message_at INTEGER,
                    last_message_preview TEXT,
                    message_count INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE INDEX chat_sessions_by_owner
                    ON chat_sessions (account_rid, last_message_at DESC, updated_at DESC, rid DESC);

                CREATE TABLE chat_messages (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    session_rid INTEGER NOT NULL REFERENCES chat_sessions (rid) ON DELETE CASCADE,
                    role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'system', 'function')),
                    content TEXT NOT NULL,
                    timestamp INTEGER NOT NULL,
                    function_call_data TEXT,
                    function_name TEXT,
                    metadata TEXT NOT NULL DEFAULT '{}',
                    request_key TEXT
                ) STRICT;
                CREATE INDEX chat_messages_by_session ON chat_messages (session_rid, rid);
                CREATE INDEX chat_messages_by_request_key ON chat_messages (request_key) WHERE request_key IS NOT NULL;
                """)
    ]

    /// Which question an answer belongs to: once questions are answered in the background, the message behind a
    /// question may be another question, or the answer to an earlier one.
    static let answerMigrations = [
        Migration(
            version: 44, name: "answers",
            sql: """
                ALTER TABLE chat_messages ADD COLUMN question_id BLOB;
                CREATE INDEX chat_messages_by_question ON chat_messages (question_id) WHERE question_id IS NOT NULL;
                """)
    ]

    /// Answers that reach their readers while they are written.
    static let streamMigrations = [
        Migration(
            version: 70, name: "answer_streams",
            sql: """
                -- One row an answer that was streamed: how far it is, or how it ended. The text is the pieces joined, and
                -- delta_lengths their lengths, so that a reader can go on behind any piece also after a restart. A row that
                -- says 'streaming' under another boot_id than the running process's belongs to one that was killed.
                CREATE TABLE chat_streams (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    session_rid INTEGER NOT NULL REFERENCES chat_sessions (rid) ON DELETE CASCADE,
                    question_id BLOB NOT NULL,
                    boot_id BLOB NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('streaming', 'done', 'stopped', 'failed', 'interrupted')),
                    error_code TEXT,
                    text TEXT NOT NULL,
                    delta_lengths BLOB NOT NULL,
                    message_id BLOB,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX chat_streams_by_session ON chat_streams (session_rid, rid);
                CREATE INDEX chat_streams_by_question ON chat_streams (question_id);
                CREATE INDEX chat_streams_open ON chat_streams (rid) WHERE state = 'streaming';
                """),
        Migration(
            version: 71, name: "answers_in_part",
            sql: """
                -- Why an answer is only the beginning of one: it was stopped, failed, or the server was interrupted.
                ALTER TABLE chat_messages ADD COLUMN incomplete TEXT;
                ALTER TABLE chat_messages ADD COLUMN read_at INTEGER;
                """),
    ]
}
