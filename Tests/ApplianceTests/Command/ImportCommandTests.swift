import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("import", .timeLimit(.minutes(1)))
struct ImportCommandTests {
    private static let job = #"{"title":"Baker","company":"Loaf","description":"Bakes.","location":"Ulm","external_id":"1"}"#

    @Test("Jobs come in from a file, with and without a running server", arguments: [true, false])
    func jobs(isRunning: Bool) async throws {
        let line = try CommandLine()
        try line.directory.write(Self.job + "\n", to: "jobs.jsonl")
        try line.directory.write("title,company,description,location\nMiller,Loaf,Mills.,Ulm\n", to: "jobs.csv")
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("import", "jobs", line.path("jobs.jsonl")) == 0)
            #expect(try await line.run("import", "jobs", line.path("jobs.jsonl"), "--json") == 0)
            #expect(try await line.run("import", "jobs", line.path("jobs.csv")) == 0)
        }
        #expect(try await line.count("SELECT count(*) FROM jobs") == 2)
    }

    @Test("A file that is missing, has another name or a mistake is exit status 2 and changes nothing", arguments: [true, false])
    func badJobs(isRunning: Bool) async throws {
        let line = try CommandLine()
        try line.directory.write(Self.job, to: "jobs.txt")
        try line.directory.write(Self.job, to: "jsonl")
        try line.directory.write(Self.job + "\n{\n", to: "jobs.jsonl")
        try await line.with(server: isRunning) { () async throws in
            for name in ["jobs.txt", "jsonl", "missing.csv", "jobs.jsonl"] {
                #expect(try await line.run("import", "jobs", line.path(name)) == 2)
            }
        }
        #expect(try await line.count("SELECT count(*) FROM jobs") == 0)
    }

    @Test("Markdown comes in from a directory and the directories in it; hidden and other files are left", arguments: [true, false])
    func knowledge(isRunning: Bool) async throws {
        let line = try CommandLine()
        for folder in ["articles", "articles/more", "articles/.hidden"] {
            #expect(FileSystem.makeDirectories(line.path(folder), mode: 0o700))
        }
        for name in ["a.md", "more/b.md", ".hidden/c.md", ".d.md", "e.txt"] {
            try line.directory.write("# Title\n\nText.\n", to: "articles/" + name)
        }
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("import", "knowledge", line.path("articles")) == 0)
            #expect(try await line.run("import", "knowledge", line.path("articles"), "--json") == 0)
        }
        #expect(try await line.count("SELECT count(*) FROM knowledge_articles") == 2)
        #expect(try await line.count("SELECT count(*) FROM knowledge_articles WHERE slug = 'b'") == 1)
    }

    @Test("A directory that is missing or has no article, and a file that cannot be read as text, are exit status 2")
    func badKnowledge() async throws {
        let line = try CommandLine()
        #expect(try await line.run("import", "knowledge", line.path("missing")) == 2)
        #expect(FileSystem.makeDirectories(line.path("empty"), mode: 0o700))
        #expect(try await line.run("import", "knowledge", line.path("empty")) == 2)
        #expect(FileSystem.makeDirectories(line.path("bad"), mode: 0o700))
        let file = try #require(fopen(line.path("bad/latin.md"), "w"))
        #expect(fwrite([0x23, 0x20, 0xE9] as [UInt8], 1, 3, file) == 3)
        fclose(file)
        #expect(try await line.run("import", "knowledge", line.path("bad")) == 2)
        unlink(line.path("bad/latin.md"))
        // It leads nowhere.
        #expect(symlink(line.path("nowhere"), line.path("bad/link.md")) == 0)
        #expect(try await line.run("import", "knowledge", line.path("bad")) == 2)
        #expect(!FileSystem.exists(line.path("data")))
    }
}
