import TestSupport
import Testing

@testable import Platform

@Suite("UTF-8 that comes in pieces")
struct UTF8StreamTests {
    private static let good: [[UInt8]] = [
        [], Array("plain".utf8), Array("κόσμε, 日本, 🜁".utf8), [0xEF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], [0xED, 0x9F, 0xBF],
        [0xEE, 0x80, 0x80], [0x00], [0xC2, 0x80], [0xE0, 0xA0, 0x80], [0xF0, 0x90, 0x80, 0x80],
    ]

    private static let bad: [[UInt8]] = [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC3, 0x28], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x9C, 0x28],
    ]

    @Test("A text is a text wherever it is cut", arguments: good)
    func cuts(_ bytes: [UInt8]) {
        for cut in 0...bytes.count {
            var stream = UTF8Stream()
            #expect(stream.feed(bytes[..<cut]) && stream.feed(bytes[cut...]) && stream.isAtBoundary)
        }
    }

    @Test("What is no text is told with the byte that makes it impossible, and not before", arguments: bad)
    func firstBadByte(_ bytes: [UInt8]) {
        var stream = UTF8Stream()
        var read = 0
        while read < bytes.count, stream.feed(bytes[read..<(read + 1)]) { read += 1 }
        #expect(read < bytes.count)
        // Up to there it could have become a text.
        var other = UTF8Stream()
        let couldBecomeText = other.feed(bytes[..<read])
        #expect(couldBecomeText)
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test("A text that stops inside a character is not at its end")
    func unfinished() {
        var stream = UTF8Stream()
        #expect(stream.feed([0xE2, 0x82]) && !stream.isAtBoundary)
        #expect(stream.feed([0xAC]) && stream.isAtBoundary)
    }

    @Test("It is of one mind with the standard library about every pair of bytes and many random strings of them")
    func againstStandardLibrary() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max { expectAgreement([first, second]) }
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int(random.next() % 7)
            // Mostly leads and continuations, which plain random bytes seldom line up to.
            expectAgreement((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() | (random.next() & 0x80)) })
        }
    }

    private func expectAgreement(_ bytes: [UInt8]) {
        var stream = UTF8Stream()
        let isText = stream.feed(bytes) && stream.isAtBoundary
        if isText != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes): \(isText)") }
    }
}
