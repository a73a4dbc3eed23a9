import Platform
import Synchronization
import Testing

@testable import Appliance

/// What commands say on the terminal.
@Suite("The words of commands")
struct WordsTests {
    @Test(
        "Each reason not to start has its words",
        arguments: [
            (DataDirectory.Failure.unusable(path: "/d", reason: "Permission denied") as any Error, "/d: Permission denied"),
            (DataDirectory.Failure.inUse(path: "/d"), "/d: another jobraker holds the lock of this data directory"),
            (FileCheck.Failure.missing(path: "/f"), "/f: there is no such file"),
            (MigrationError.databaseIsNewer(database: 9, binary: 8), MigrationError.databaseIsNewer(database: 9, binary: 8).message),
            (StorageError.diskFull, "the disk is full"),
            (StorageError.readOnly, "the data directory is on a read-only file system"),
            (StorageError.io(message: "disk I/O error"), "disk I/O error"),
            (StorageError.corrupt(message: "malformed"), "the database file is damaged: malformed"),
            (StorageError.busy, "busy"),
        ])
    func startFailures(error: any Error, expected: String) {
        #expect(StartFailure.text(for: error) == expected)
    }

    private func shown(isTerminal: Bool, _ steps: [CommandProgress]) -> [String] {
        let written = Written()
        let line = ProgressLine(isTerminal: isTerminal) { written.add($0) }
        for step in steps { line.show(step) }
        return written.all
    }

    private final class Written: Sendable {
        private let texts: Mutex<[String]> = Mutex([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private func steps(_ done: [Int], of total: Int) -> [CommandProgress] {
        done.map { CommandProgress(step: "jobs", done: $0, total: total) }
    }

    @Test("On a terminal a bar draws itself again on one line")
    func bar() {
        let half = String(repeating: "#", count: 15) + String(repeating: ".", count: 15)
        #expect(
            shown(isTerminal: true, steps([10, 20], of: 20)) == [
                "\rjobs [\(half)] 10/20", "\rjobs [\(String(repeating: "#", count: 30))] 20/20\n",
            ])
        #expect(shown(isTerminal: true, steps([0], of: 0)) == ["\rjobs [\(String(repeating: ".", count: 30))] 0/0\n"])
    }

    @Test("Elsewhere there is a line for each tenth")
    func lines() {
        #expect(
            shown(isTerminal: false, steps([1, 5, 10, 11, 19, 20, 100], of: 100)) == [
                "jobs: 1 of 100\n", "jobs: 10 of 100\n", "jobs: 20 of 100\n", "jobs: 100 of 100\n",
            ])
    }
}
