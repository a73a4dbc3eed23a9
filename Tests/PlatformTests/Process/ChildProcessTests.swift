import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Other programs", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    private static func said(_ directory: TemporaryDirectory) -> String {
        FileSystem.read(directory.path + "/out", limit: 4096).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @Test("What a program says goes to the file, from both of its outputs, and it reads nothing")
    func output() throws {
        let directory = try TemporaryDirectory()
        try ChildProcess.run(["sh", "-c", "cat; echo one; echo two >&2"], output: directory.path + "/out", seconds: 30)
        #expect(Self.said(directory) == "one\ntwo\n")
    }

    @Test("A program that fails is told with its status, one that was killed with its signal, one that is not there with why")
    func failures() throws {
        let directory = try TemporaryDirectory()
        let output = directory.path + "/out"
        #expect(throws: ChildProcess.Failure.exited(3)) { try ChildProcess.run(["sh", "-c", "exit 3"], output: output, seconds: 30) }
        #expect(throws: ChildProcess.Failure.exited(128 + SIGKILL)) {
            try ChildProcess.run(["sh", "-c", "kill -9 $$"], output: output, seconds: 30)
        }
        #expect(throws: ChildProcess.Failure.notStarted("No such file or directory")) {
            try ChildProcess.run(["no-such-program-anywhere"], output: output, seconds: 30)
        }
        #expect(throws: ChildProcess.Failure.notStarted("No such file or directory")) {
            try ChildProcess.run(["sh", "-c", "true"], output: directory.path + "/missing/out", seconds: 30)
        }
    }

    @Test("A program that takes too long is killed, and so is what it has started")
    func tooLong() throws {
        let directory = try TemporaryDirectory()
        let script = "sleep 60 & echo $! > \(directory.path)/child; wait"
        #expect(throws: ChildProcess.Failure.timedOut(seconds: 1)) {
            try ChildProcess.run(["sh", "-c", script], output: directory.path + "/out", seconds: 1)
        }
        let text = String(decoding: try #require(FileSystem.read(directory.path + "/child", limit: 64)), as: UTF8.self)
        let child = try #require(pid_t(text.prefix { $0.isNumber }))
        // It may take a moment to die, and whoever adopted it may not have buried it yet.
        func isGone() -> Bool {
            let state = FileSystem.read("/proc/\(child)/stat", limit: 4096).map { String(decoding: $0, as: UTF8.self) } ?? ") Z"
            return state.contains(") Z") || state.contains(") X")
        }
        let patience = ContinuousClock.now + .seconds(20)
        while !isGone() && ContinuousClock.now < patience { sched_yield() }
        #expect(isGone())
    }

    @Test("Secrets in this process's environment are not handed on")
    func environment() throws {
        let directory = try TemporaryDirectory()
        setenv("JOBRAKER_TEST_SECRET", "hush", 1)
        setenv("TEST_NO_SECRET", "said", 1)
        defer {
            unsetenv("JOBRAKER_TEST_SECRET")
            unsetenv("TEST_NO_SECRET")
        }
        let script = "echo \"[$JOBRAKER_TEST_SECRET][$TEST_NO_SECRET]\""
        try ChildProcess.run(["sh", "-c", script], output: directory.path + "/out", seconds: 30)
        #expect(Self.said(directory) == "[][said]\n")
    }
}
