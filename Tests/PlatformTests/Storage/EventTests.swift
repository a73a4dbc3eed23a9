import Testing

@testable import Platform

@Suite struct EventTests {
    private struct Added: BusEvent, Equatable {
        let title: String
    }

    private struct Refused: Error {}

    /// What the sink was given, commit by commit.
    private final class Log: Sendable {
        private let batches: Shared<[[String]]> = Shared([])
        var all: [[String]] { batches.value }

        init(_ database: Database) {
            database.setEventSink { events in
                let titles = events.compactMap { ($0 as? Added)?.title }
                self.batches.update { $0.append(titles) }
            }
        }
    }

    @Test("Events come in commit order, one batch a commit, and only from writes that succeeded")
    func order() async throws {
        try await withDatabase { test in
            let log = Log(test.database)
            try await test.database.write { $0.emit(Added(title: "Oaks")) }
            let hold = try await test.holdWriter()
            let tasks = [
                try await test.queue { tx in
                    tx.emit(Added(title: "Elms"))
                    tx.emit(Added(title: "Limes"))
                },
                try await test.queue { tx in
                    tx.emit(Added(title: "Nettles"))
                    throw Refused()
                },
                try await test.queue { $0.emit(Added(title: "Yews")) },
            ]
            try await hold.release()
            try await tasks[0].value
            try await tasks[2].value
            await #expect(throws: Refused.self) { try await tasks[1].value }
            // The sink runs before the next group is taken up, so a write that has returned proves it.
            try await test.database.write { _ in }
            #expect(log.all == [["Oaks"], ["Elms", "Limes", "Yews"]])
        }
    }

    @Test("After a thousand commits the sink is called from as near on the stack as at the first")
    func depth() async throws {
        try await withDatabase { test in
            let places: Shared<[UInt]> = Shared([])
            test.database.setEventSink { _ in
                var here: UInt8 = 0
                let place = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
                places.update { $0.append(place) }
            }
            for _ in 0..<1000 { try await test.database.write { $0.emit(Added(title: "Oaks")) } }
            try await test.database.write { _ in }
            let (first, last) = (try #require(places.value.first), try #require(places.value.last))
            #expect(places.value.count == 1000 && max(first, last) - min(first, last) < 1024)
        }
    }

    @Test("A group that runs again tells its events once")
    func once() async throws {
        try await withDatabase { test in
            let log = Log(test.database)
            try await test.database.write { try $0.addBook("Oaks") }
            let hold = try await test.holdWriter()
            let kept = try await test.queue { $0.emit(Added(title: "Elms")) }
            let culprit = try await test.queue { tx in
                tx.emit(Added(title: "Nettles"))
                try tx.execute("INSERT OR ROLLBACK INTO book (title) VALUES ('Oaks')")
            }
            try await hold.release()
            try await kept.value
            await #expect(throws: StorageError.self) { try await culprit.value }
            try await test.database.write { _ in }
            #expect(log.all == [["Elms"]])
        }
    }

    @Test("A commit that fails tells nothing")
    func failedCommit() async throws {
        try await withDatabase { test in
            let log = Log(test.database)
            await #expect(throws: StorageError.self) {
                try await test.database.write { tx in
                    tx.emit(Added(title: "Elms"))
                    try tx.execute("INSERT INTO book (title, sequel_rid) VALUES ('Elms', 99)")
                }
            }
            try await test.database.write { _ in }
            #expect(log.all.isEmpty)
        }
    }
}
