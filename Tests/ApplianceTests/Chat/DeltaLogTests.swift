import Platform
import Testing

@testable import Appliance

@Suite("Pieces of an answer")
struct DeltaLogTests {
    private static func log(_ pieces: [String]) -> DeltaLog {
        var log = DeltaLog()
        for piece in pieces { log.append(piece) }
        return log
    }

    @Test("From behind any piece the rest is given, and it is whole wherever characters are long")
    func rest() {
        let pieces = ["Try ", "a rés", "umé", " 👩‍👩‍👧", "."]
        let log = Self.log(pieces)
        #expect(log.count == 5 && log.text == pieces.joined())
        for number in 0...5 { #expect(log.text(after: number) == pieces.dropFirst(number).joined()) }
        #expect(log.text(after: -1) == log.text && log.text(after: 6) == "" && log.text(after: .max) == "")
        #expect(DeltaLog().isEmpty && DeltaLog().text(after: 0) == "")
    }

    @Test("Its stored form gives it back, also with pieces that need more than one byte for their length")
    func stored() throws {
        let pieces = ["a", String(repeating: "b", count: 127), String(repeating: "é", count: 64), String(repeating: "x", count: 40_000)]
        let log = Self.log(pieces)
        #expect(log.lengths.count == 1 + 1 + 2 + 3)
        #expect(DeltaLog(text: log.text, lengths: log.lengths) == log)
        #expect(DeltaLog(text: "", lengths: []) == DeltaLog())
    }

    @Test("Lengths that do not belong to the text are refused")
    func foreign() {
        for lengths: [UInt8] in [[1], [3], [2, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [1, 1, 1]] {
            #expect(DeltaLog(text: "ab", lengths: lengths) == nil, "\(lengths)")
        }
        #expect(DeltaLog(text: "ab", lengths: [1, 1])?.count == 2)
    }
}
