import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// `backup` and `restore`, which belong together.
@Suite("backup and restore", .timeLimit(.minutes(1)))
struct BackupCommandTests {
    private func lineWithAccount() async throws -> CommandLine {
        let line = try CommandLine()
        try line.directory.write("correct horse 7\n", to: "password")
        try await addAccount("boss@example.org", line)
        return line
    }

    private func addAccount(_ email: String, _ line: CommandLine) async throws {
        #expect(try await line.run("admin", "create", "--email", email, "--password-file", line.path("password")) == 0)
    }

    @Test("What was backed up is what is restored, and the file that was there is kept", arguments: [true, false])
    func roundTrip(isRunning: Bool) async throws {
        let line = try await lineWithAccount()
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("backup", line.path("copy.db")) == 0)
            #expect(try await line.run("backup", line.path("copy.db"), "--json") == 0)
        }
        #expect(!FileSystem.exists(line.path("copy.db.partial")))
        try await addAccount("eve@example.org", line)
        #expect(try await line.count("SELECT count(*) FROM accounts") == 2)
        for flag in ["--dry-run", "--json"] {
            #expect(try await line.run("restore", line.path("copy.db"), "--dry-run", flag) == 0)
        }
        #expect(try await line.count("SELECT count(*) FROM accounts") == 2)
        #expect(try await line.run("restore", line.path("copy.db")) == 0)
        #expect(try await line.count("SELECT count(*) FROM accounts") == 1)
        #expect(try await line.run("restore", line.path("copy.db"), "--json") == 0)
        let kept = try kept(line)
        #expect(!kept.isEmpty && kept.allSatisfy { $0.hasPrefix("jobraker.db.before-restore-") })
    }

    private func kept(_ line: CommandLine) throws -> [String] {
        var names: [String] = []
        let handle = try #require(opendir(line.path("data")))
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.contains("before-restore") { names.append(name) }
        }
        return names
    }

    @Test("A file is not restored under a running server")
    func inUse() async throws {
        let line = try await lineWithAccount()
        #expect(try await line.run("backup", line.path("copy.db")) == 0)
        try await line.with(server: true) { () async throws in
            #expect(try await line.run("restore", line.path("copy.db")) == 1)
            #expect(try await line.run("restore", line.path("copy.db"), "--dry-run") == 0)
        }
    }

    @Test("A file that is missing or no database is not restored, and nothing is changed", arguments: ["missing.db", "password"])
    func badFile(name: String) async throws {
        let line = try await lineWithAccount()
        #expect(try await line.run("restore", line.path(name)) == 1)
        #expect(try await line.run("restore", line.path(name), "--dry-run") == 1)
        #expect(try await line.count("SELECT count(*) FROM accounts") == 1)
    }

    @Test("A backup that cannot be written leaves nothing behind")
    func badTarget() async throws {
        let line = try await lineWithAccount()
        #expect(try await line.run("backup", line.path("no/such/directory/copy.db")) == 1)
        // A directory in the way: the copy is made, but cannot take the name.
        #expect(FileSystem.makeDirectories(line.path("copy.db/in"), mode: 0o700))
        #expect(try await line.run("backup", line.path("copy.db")) == 1)
        #expect(!FileSystem.exists(line.path("copy.db.partial")))
    }

    @Test("A configuration with mistakes is exit status 2 for every command")
    func configuration() async throws {
        let line = try CommandLine()
        try line.directory.write("[storage]\ndirectry = \"x\"\n", to: "config.toml")
        #expect(try await line.run("backup", line.path("copy.db")) == 2)
        #expect(try await line.run("restore", line.path("copy.db")) == 2)
        #expect(try await line.run("serve") == 2)
    }

    @Test("A data directory that cannot be used, or whose file is none of ours, is exit status 1")
    func badDirectory() async throws {
        let line = try CommandLine()
        #expect(FileSystem.makeDirectories(line.path("data"), mode: 0o700))
        try line.directory.write(String(repeating: "no database ", count: 20), to: "data/jobraker.db")
        #expect(try await line.run("backup", line.path("copy.db")) == 1)
        let other = try CommandLine()
        try other.directory.write("a file", to: "data")
        #expect(try await other.run("backup", other.path("copy.db")) == 1)
    }

    @Test("A directory whose lock is held by something that answers no command is exit status 1")
    func nobodyAnswers() async throws {
        let line = try CommandLine()
        let held = try DataDirectory(locking: line.path("data"))
        #expect(try await line.run("backup", line.path("copy.db")) == 1)
        withExtendedLifetime(held) {}
    }
}
