import Glibc
import Testing

@testable import Platform

@Suite("Log output")
struct LogOutputTests {
    /// Two ends of a pipe, closed with this value.
    private final class Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            let made = pipe(&ends)
            try #require(made == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        /// Everything up to the end; the writing end must be closed first.
        func rest() -> [UInt8] {
            var all: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(reading, &piece, piece.count), count > 0 { all += piece[..<count] }
            return all
        }

        deinit { close(reading) }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("writes every line whole and in the order in which each thread wrote it")
    func order() async throws {
        let pipe = try Pipe()
        let reader = Task.detached { Self.lines(pipe.rest()) }
        let output = LogOutput(descriptor: pipe.writing)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask { for number in 0..<500 { output.write(Array("\(writer) \(number)\n".utf8)) } }
            }
        }
        output.close()
        close(pipe.writing)
        let lines = await reader.value
        #expect(lines.count == 2_000)
        for writer in 0..<4 {
            #expect(lines.filter { $0.hasPrefix("\(writer) ") } == (0..<500).map { "\(writer) \($0)" })
        }
    }

    @Test("never waits for a reader that does not read, and says how many lines it dropped")
    func slowReader() async throws {
        let pipe = try Pipe()
        // A pipe takes 64 KiB; the output holds 1 000 bytes more; the rest is dropped.
        let output = LogOutput(descriptor: pipe.writing, limit: 1_000)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99) + [UInt8(ascii: "\n")]
        for _ in 0..<5_000 { output.write(line) }
        let reader = Task.detached { Self.lines(pipe.rest()) }
        output.close()
        close(pipe.writing)
        let lines = await reader.value
        let written = lines.count { $0.first == "x" }
        let dropped = lines.compactMap { $0.contains("dropped") ? Int($0.prefix { $0.isNumber }) : nil }.reduce(0, +)
        #expect(written < 5_000)
        #expect(written + dropped == 5_000)
    }

    @Test("drops what comes after it was closed")
    func closed() async throws {
        let pipe = try Pipe()
        let output = LogOutput(descriptor: pipe.writing)
        output.write(Array("before\n".utf8))
        output.close()
        output.write(Array("after\n".utf8))
        output.close()
        close(pipe.writing)
        #expect(Self.lines(pipe.rest()) == ["before"])
    }
}
