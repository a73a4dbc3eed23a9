import Platform

/// The account's chat sessions with all their messages.
struct ChatData: PersonalDataSource {
    let name = "chat_sessions"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try ChatStore.eachSession(of: account.owner, in: reader) { session in
                try writer.object { writer in
                    session.writeFields(user: account.id, into: &writer)
                    try writer.array("messages") { writer in
                        try ChatStore.eachMessage(of: session, in: reader) { message in
                            message.write(into: &writer)
                            try limit.check(writer)
                        }
                    }
                }
                try limit.check(writer)
            }
        }
    }
}
