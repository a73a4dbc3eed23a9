import Testing

@testable import Platform

@Suite struct IdempotencyTableTests {
    private let thisBoot = Identifier(v7: Timestamp(seconds: 1_700_000_000), random: SeededRandom(1))
    private let nextBoot = Identifier(v7: Timestamp(seconds: 1_700_000_100), random: SeededRandom(2))

    private func scope(_ key: String = "k-1", caller: Int64 = 1, operation: String = "POST /a/", body: String = "{}") -> IdempotencyScope {
        IdempotencyScope(key: key, callerRowID: caller, operation: operation, bodyHash: SHA256.hash(Array(body.utf8)))
    }

    /// The state in words, with the answer where there is one.
    private func begin(_ table: IdempotencyTable, _ scope: IdempotencyScope) async throws -> String {
        switch try await table.begin(scope) {
        case .fresh: "fresh"
        case .conflict: "conflict"
        case .inProgress: "in progress"
        case .replay(let answer): "\(answer.status) \(answer.contentType ?? "-") \(String(decoding: answer.body, as: UTF8.self))"
        }
    }

    @Test("A key is fresh once, then in progress, then answered with what was answered first")
    func life() async throws {
        try await withDatabase { test in
            let table = IdempotencyTable(database: test.database, bootID: thisBoot)
            #expect(try await begin(table, scope()) == "fresh")
            #expect(try await begin(table, scope()) == "in progress")
            try await table.finish(scope(), answer: .text("done", status: 201, type: "text/plain"))
            #expect(try await begin(table, scope()) == "201 text/plain done")
            #expect(try await begin(table, scope()) == "201 text/plain done")
        }
    }

    @Test("An answer without a body or type is kept too")
    func emptyAnswer() async throws {
        try await withDatabase { test in
            let table = IdempotencyTable(database: test.database, bootID: thisBoot)
            #expect(try await begin(table, scope()) == "fresh")
            try await table.finish(scope(), answer: .empty(204))
            #expect(try await begin(table, scope()) == "204 - ")
        }
    }

    @Test("The same key for another operation or body is a conflict; for another caller it is another key")
    func conflicts() async throws {
        try await withDatabase { test in
            let table = IdempotencyTable(database: test.database, bootID: thisBoot)
            let first = try await begin(table, scope())
            #expect(first == "fresh")
            #expect(try await begin(table, scope(operation: "POST /b/")) == "conflict")
            #expect(try await begin(table, scope(body: "[]")) == "conflict")
            #expect(try await begin(table, scope(caller: 2)) == "fresh")
            #expect(try await begin(table, scope("k-2")) == "fresh")
        }
    }

    @Test("An abandoned key is free again; one that was answered stays answered")
    func abandons() async throws {
        try await withDatabase { test in
            let table = IdempotencyTable(database: test.database, bootID: thisBoot)
            #expect(try await begin(table, scope()) == "fresh")
            try await table.abandon(scope())
            #expect(try await begin(table, scope(body: "[]")) == "fresh")
            try await table.finish(scope(), answer: .text("done", type: "t"))
            try await table.abandon(scope())
            #expect(try await begin(table, scope(body: "[]")) == "200 t done")
        }
    }

    @Test("A key that a killed server left unanswered is free after the next start; an answer outlives it")
    func anotherBoot() async throws {
        try await withDatabase { test in
            let before = IdempotencyTable(database: test.database, bootID: thisBoot)
            let after = IdempotencyTable(database: test.database, bootID: nextBoot)
            #expect(try await begin(before, scope()) == "fresh")
            #expect(try await begin(before, scope("k-2")) == "fresh")
            try await before.finish(scope("k-2"), answer: .text("done", type: "t"))
            #expect(try await begin(after, scope()) == "fresh")
            #expect(try await begin(after, scope()) == "in progress")
            #expect(try await begin(after, scope("k-2")) == "200 t done")
        }
    }

    @Test("A key is kept for a day, and not longer")
    func expires() async throws {
        try await withDatabase { test in
            let table = IdempotencyTable(database: test.database, bootID: thisBoot)
            #expect(try await begin(table, scope()) == "fresh")
            try await table.finish(scope(), answer: .text("done", type: "t"))
            test.clock.advance(seconds: 86_400)
            #expect(try await begin(table, scope()) == "200 t done")
            test.clock.advance(seconds: 1)
            #expect(try await begin(table, scope()) == "fresh")
        }
    }
}
