import Platform
import TestSupport
import Testing

@testable import Appliance

/// What is left of an account that was deleted: nothing, down to the bytes of the files.
@Suite(.timeLimit(.minutes(1)))
struct DeletionScenarios {
    private static let scrubbed = "SELECT count(*) FROM work_items WHERE kind = 'accounts.scrub' AND state = 'succeeded'"

    private func hashes(_ account: FilledAccount, _ server: TestAppliance) throws -> [[UInt8]] {
        try server.database.read { reader in
            let password = try reader.rows("SELECT password_hash FROM accounts WHERE rid = $1", account.owner.rowID) {
                Array(try $0.text(0).utf8)
            }
            let logins = try reader.rows("SELECT refresh_hash, id FROM logins WHERE account_rid = $1", account.owner.rowID) {
                [try $0.blob(0), try $0.blob(1)]
            }
            return password + logins.flatMap { $0 }
        }
    }

    @Test("After a deletion nothing of the account is in the live file, its log or the snapshot, and everybody else's is there")
    func traceless() async throws {
        try await TestAppliance.run { server in
            let zebra = try await FilledAccount.make(server, tag: "zebra")
            let ostrich = try await FilledAccount.make(server, tag: "ostrich")
            _ = try await server.database.takeSnapshot()
            let traces = zebra.traces + (try hashes(zebra, server))
            // Each of the binary and word traces is there to begin with; ids as text stand where answers are kept.
            let before = server.storedFiles()
            for trace in zebra.words.map({ Array($0.utf8) }) + zebra.ids.map(\.bytes) {
                #expect(before.names(with: trace).contains("snapshot"), "\(String(decoding: trace, as: UTF8.self))")
            }

            let answer = try await zebra.user.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#)
            expectAnswer(answer, 204, "")
            #expect(try await eventually { try await server.count(Self.scrubbed) == 1 })
            let after = server.storedFiles()
            for trace in traces {
                let files = after.names(with: trace)
                #expect(files.isEmpty, "\(String(decoding: trace, as: UTF8.self)) in \(files)")
            }
            for word in ostrich.words { #expect(Set(["live", "snapshot"]).isSubset(of: after.names(with: Array(word.utf8))), "\(word)") }
            #expect(try await ostrich.user.messages(ostrich.session).count == 12)
            #expect(try await server.database.scan { try $0.first("PRAGMA integrity_check") { try $0.text(0) } } == "ok")

            // Others go on writing, and what they write brings nothing back.
            for number in 0..<5 { _ = try await ostrich.user.post("/api/v1/chat/send/", #"{"content":"More \#(number)"}"#) }
            _ = try await server.database.takeSnapshot()
            let later = server.storedFiles()
            for trace in traces { #expect(later.names(with: trace).isEmpty) }
        }
    }

    @Test("A process that dies after the deletion leaves the rest of it to its next start")
    func cutOff() async throws {
        let directory = try TemporaryDirectory()
        let zebra = try await TestAppliance.run(in: directory) { server in
            let zebra = try await FilledAccount.make(server, tag: "zebra")
            _ = try await server.database.takeSnapshot()
            return zebra
        }
        // A core has no queue: it deletes, orders the work, and goes.
        #expect(try await eventually { (try? DataDirectory(locking: directory.path + "/data")) != nil })
        let configuration = try TestAppliance.configuration("", in: directory).values
        let core = try Core(configuration: configuration, clock: ShiftedClock(), random: SystemRandom(), log: Log { _ in }, hashing: .test)
        try await core.database.write { try AccountStore.delete(zebra.owner, in: $0) }
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                core.close()
                continuation.resume()
            }
        }
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            #expect(try await eventually { try await server.count(Self.scrubbed) == 1 })
            let files = server.storedFiles()
            for trace in zebra.traces { #expect(files.names(with: trace).isEmpty, "\(String(decoding: trace, as: UTF8.self))") }
        }
    }

    @Test("Of a deleted account no row is left in any table, and its address can be used again")
    func rows() async throws {
        try await TestAppliance.run { server in
            let zebra = try await FilledAccount.make(server, tag: "zebra")
            let tables = try await server.database.scan { try Self.accountTables(in: $0) }
            func count(_ table: String) async throws -> Int64 {
                try await server.database.scan { try $0.int("SELECT count(*) FROM \(table) WHERE account_rid = $1", zebra.owner.rowID) }
            }
            for table in Self.filled { #expect(try await count(table) > 0, "\(table) has no row to lose") }
            #expect(try await zebra.user.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#).status == 204)
            for table in tables { #expect(try await count(table) == 0, "\(table)") }
            #expect(try await server.count("SELECT count(*) FROM accounts") == 0)
            for table in ["chat_messages", "notification_deliveries", "invitations", "passages"] {
                #expect(try await server.count("SELECT count(*) FROM \(table)") == 0, "\(table)")
            }
            #expect(try await server.register(zebra.user.email).id != zebra.user.id)
        }
    }

    /// The tables in which `FilledAccount` has rows of its own.
    private static let filled = [
        "profiles", "logins", "chat_sessions", "notifications", "notification_settings", "moderation_violations", "idempotency_keys",
        "work_items", "assistant_tokens", "documents", "mails", "mail_tokens", "digest_notifications", "notification_targets",
    ]

    /// Tables that know no accounts table, and so cannot refer to it: who deletes an account empties them too.
    private static let withoutReference: Set<String> = ["idempotency_keys", "work_items", "assistant_tokens"]

    private static func accountTables(in reader: Reader) throws -> [String] {
        let tables = try reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") { try $0.text(0) }
        return try tables.filter {
            try reader.int("SELECT count(*) FROM pragma_table_info($1) WHERE name = 'account_rid'", $0) == 1
        }
    }

    @Test("Every table that names an account loses its rows with it, found by an index")
    func cascades() async throws {
        try await AccountsFixture.run { fixture in
            try await fixture.database.scan { reader in
                let tables = try Self.accountTables(in: reader)
                #expect(Set(Self.filled).isSubset(of: tables))
                for table in tables where !Self.withoutReference.contains(table) {
                    let references = try reader.int(
                        """
                        SELECT count(*) FROM pragma_foreign_key_list($1)
                        WHERE "table" = 'accounts' AND "from" = 'account_rid' AND on_delete = 'CASCADE'
                        """, table)
                    #expect(references == 1, "\(table) keeps rows of deleted accounts")
                    let plan = try reader.rows("EXPLAIN QUERY PLAN SELECT 1 FROM \(table) WHERE account_rid = $1", 1) {
                        try $0.text(3)
                    }
                    #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(table): \(plan)")
                }
            }
        }
    }
}
