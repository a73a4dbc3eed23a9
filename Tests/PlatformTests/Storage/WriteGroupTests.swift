import Testing

@testable import Platform

@Suite struct WriteGroupTests {
    private struct Refused: Error, Equatable {
        let why: String
    }

    @Test("A write returns its value when its rows are there to read")
    func writes() async throws {
        try await withDatabase { test in
            let (changed, rid, now) = try await test.database.write { tx in
                let changed = try tx.execute("INSERT INTO book (title) VALUES ($1), ($2)", "Oaks", "Elms")
                return (changed, tx.lastRowID, tx.now)
            }
            #expect(changed == 2)
            #expect(rid == 2)
            #expect(now == test.clock.now())
            #expect(try test.titles() == ["Oaks", "Elms"])
        }
    }

    @Test("A transaction makes time-ordered identifiers from the injected clock and randomness")
    func identifiers() async throws {
        try await withDatabase { test in
            let made = try await test.database.write { tx in [tx.newIdentifier(), tx.newIdentifier()] }
            #expect(made[0] != made[1])
            let expected = Identifier(v7: test.clock.now(), random: SeededRandom(7))
            #expect(made[0] == expected)
            #expect(try await test.database.write { tx in tx.random.bytes(3).count } == 3)
        }
    }

    @Test("Two hundred concurrent writers share one commit")
    func shares() async throws {
        try await withDatabase { test in
            let before = test.database.counters
            let hold = try await test.holdWriter()
            let values = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await test.database.write { tx in
                            try tx.addBook("volume \(index)")
                            return index
                        }
                    }
                }
                #expect(await eventually { test.database.writesWaiting == 200 })
                try await hold.release()
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(values == Set(0..<200))
            let after = test.database.counters
            #expect(after.writes - before.writes == 201)
            #expect(after.commits - before.commits == 2)
            #expect(try test.titles().count == 200)
        }
    }

    @Test("A group is no larger than its limit")
    func limitsGroups() async throws {
        var options = TestDatabase.options
        options.groupLimit = 10
        try await withDatabase(options: options) { test in
            let before = test.database.counters.commits
            let hold = try await test.holdWriter()
            var tasks: [Task<Void, any Error>] = []
            for index in 0..<25 { tasks.append(try await test.queue { tx in try tx.addBook("volume \(index)") }) }
            try await hold.release()
            for task in tasks { try await task.value }
            #expect(test.database.counters.commits - before == 4)
            #expect(try test.titles() == (0..<25).map { "volume \($0)" })
        }
    }

    @Test("One group carries values of any type, each to its own caller")
    func types() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let number = try await test.queue { tx in try tx.int("SELECT 42") }
            let text = try await test.queue { _ in "forty-two" }
            let list = try await test.queue { _ in [4, 2] }
            let none = try await test.queue { _ in Optional<String>.none }
            let nothing = try await test.queue { _ in () }
            try await hold.release()
            #expect(try await number.value == 42)
            #expect(try await text.value == "forty-two")
            #expect(try await list.value == [4, 2])
            #expect(try await none.value == nil)
            try await nothing.value
        }
    }

    @Test("All writes of a group have one moment, and the last commit remembers it")
    func moment() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let first = try await test.queue { $0.now }
            let second = try await test.queue { $0.now }
            test.clock.advance(seconds: 60)
            try await hold.release()
            #expect(try await first.value == test.clock.now())
            #expect(try await second.value == test.clock.now())
            let last = try test.database.read { try $0.first("SELECT sequence, at FROM last_commit") { (try $0.int(0), try $0.time(1)) } }
            #expect(last?.0 == 2)
            #expect(last?.1 == test.clock.now())
        }
    }

    @Test("A closure that throws gets its own error and undoes its own rows; the others stay")
    func isolatesThrowers() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let first = try await test.queue { try $0.addBook("Oaks") }
            let refused = try await test.queue { tx in
                try tx.addBook("Nettles")
                throw Refused(why: "weeds")
            }
            let duplicate = try await test.queue { tx in
                try tx.addBook("Thistles")
                try tx.addBook("Oaks")
            }
            let last = try await test.queue { try $0.addBook("Elms") }
            try await hold.release()
            try await first.value
            try await last.value
            await #expect(throws: Refused(why: "weeds")) { try await refused.value }
            await #expect(throws: StorageError.constraint(.unique, message: "UNIQUE constraint failed: book.title")) {
                try await duplicate.value
            }
            #expect(try test.titles() == ["Oaks", "Elms"])
        }
    }

    @Test("A lone write that throws leaves nothing, counts no commit, and the next one works")
    func loneThrower() async throws {
        try await withDatabase { test in
            let before = test.database.counters
            await #expect(throws: Refused(why: "weeds")) {
                try await test.database.write { tx in
                    try tx.addBook("Nettles")
                    throw Refused(why: "weeds")
                }
            }
            #expect(test.database.counters == before)
            try await test.database.write { try $0.addBook("Oaks") }
            #expect(try test.titles() == ["Oaks"])
            #expect(try test.database.read { try $0.int("SELECT sequence FROM last_commit") } == 1)
        }
    }

    @Test("A group in which every closure throws commits nothing")
    func allThrow() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let tasks = [
                try await test.queue { _ in throw Refused(why: "one") },
                try await test.queue { _ in throw Refused(why: "two") },
            ]
            try await hold.release()
            await #expect(throws: Refused(why: "one")) { try await tasks[0].value }
            await #expect(throws: Refused(why: "two")) { try await tasks[1].value }
            #expect(test.database.counters.commits == 1)
        }
    }
}
