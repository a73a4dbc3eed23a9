import Platform

/// The account's chat sessions with all their messages, and when those were read that were.
struct ChatData: PersonalDataSource {
    let name = "chat_sessions"

    func write(_ account: Account, from reader: Reader, within limit: PersonalDataLimit, into writer: inout JSONWriter) throws {
        try writer.array { writer in
            try ChatStore.eachSession(of: account.owner, in: reader) { session in
                let read = try ChatStore.readTimes(of: session, in: reader)
                try writer.object { writer in
                    session.writeFields(user: account.id, into: &writer)
                    try writer.array("messages") { writer in
                        try ChatStore.eachMessage(of: session, in: reader) { message in
                            writer.object { writer in
                                message.writeFields(into: &writer)
                                if let time = read[message.id] { writer.field("read_at", time) }
                            }
                            try limit.check(writer)
                        }
                    }
                }
                try limit.check(writer)
            }
        }
    }
}
