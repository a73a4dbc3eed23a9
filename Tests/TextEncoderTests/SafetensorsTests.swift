import TestSupport
import Testing

@testable import TextEncoder

@Suite struct SafetensorsTests {
    private static func open(_ file: WeightFile) throws(EncoderError) -> Safetensors {
        try Safetensors(WeightBytes(copying: file.bytes))
    }

    private static func values(_ tensor: Tensor) -> [Float] { (0..<tensor.count).map { tensor.numbers[$0] } }

    /// A file of one tensor of two numbers, whose entry is as given.
    private static func one(_ entry: String, data: Int = 8) -> WeightFile {
        WeightFile(header: "{\(entry)}", data: [UInt8](repeating: 0, count: data))
    }

    @Test("tensors are found with their shapes and numbers, wherever they lie")
    func reads() throws {
        let file = try Self.open(WeightFile([("a", [2, 2], [1, 2, 3, 4]), ("b", [1], [-0.5])]))
        #expect(Self.values(try file.numbers("a", shape: [2, 2])) == [1, 2, 3, 4])
        #expect(Self.values(try file.numbers("b", shape: [nil])) == [-0.5])
        #expect(try file.shape("a") == [2, 2])
        #expect(file.has("a") && !file.has("c"))
        #expect(throws: EncoderError.tensor("c", .missing)) { try file.numbers("c", shape: [1]) }
        #expect(throws: EncoderError.tensor("c", .missing)) { try file.shape("c") }
    }

    @Test("a header of any length will do: numbers need no alignment")
    func alignment() throws {
        for spaces in 0..<8 {
            var file = WeightFile([("a", [3], [1.5, -2, 1e-30])])
            file.header += String(repeating: " ", count: spaces)
            #expect(Self.values(try Self.open(file).numbers("a", shape: [3])) == [1.5, -2, 1e-30])
        }
    }

    @Test("half precision of both kinds is converted")
    func halfPrecision() throws {
        let halves: [(UInt16, Float)] = [
            (0x3C00, 1), (0xC000, -2), (0x3555, 0.333251953125), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x8000, 0), (0x7C00, .infinity),
            (0xFC00, -.infinity), (0x0400, 0x1p-14),
        ]
        let data = halves.flatMap { [UInt8(truncatingIfNeeded: $0.0), UInt8($0.0 >> 8)] }
        let file = WeightFile(header: "{\(WeightFile.entry("h", "F16", [halves.count], 0, data.count))}", data: data)
        #expect(Self.values(try Self.open(file).numbers("h", shape: [halves.count])) == halves.map(\.1))
        #expect(Tensor.single(half: 0x7E00).isNaN)
        let brain = WeightFile(header: "{\(WeightFile.entry("b", "BF16", [2], 0, 4))}", data: [0x80, 0x3F, 0x20, 0xC1])
        #expect(Self.values(try Self.open(brain).numbers("b", shape: [2])) == [1, -10])
    }

    @Test("each broken rule has its error")
    func broken() {
        let entry = WeightFile.entry("t", "F32", [2], 0, 8)
        let cases: [(WeightFile, EncoderError)] = [
            (Self.one("\(entry),\(entry)"), .tensor("t", .twice)),
            (Self.one(WeightFile.entry("t", "F33", [2], 0, 8)), .tensor("t", .unknownType("F33"))),
            (Self.one(WeightFile.entry("t", "F32", [2], 0, 12)), .tensor("t", .outside(begin: 0, end: 12))),
            (Self.one(WeightFile.entry("t", "F32", [2], 8, 4)), .tensor("t", .outside(begin: 8, end: 4))),
            (Self.one(WeightFile.entry("t", "F32", [3], 0, 8)), .tensor("t", .wrongSize(needed: 12, found: 8))),
            (
                Self.one(WeightFile.entry("t", "F32", [1 << 40, 1 << 40], 0, 8)),
                .tensor("t", .wrongSize(needed: nil, found: 8))
            ),
            (
                Self.one("\(entry),\(WeightFile.entry("u", "F32", [2], 4, 12))", data: 12),
                .tensor("u", .overlaps("t"))
            ),
            (
                Self.one("\(entry),\(WeightFile.entry("u", "F32", [1], 12, 16))", data: 16),
                .tensor("u", .gapBefore(bytes: 4))
            ),
            (Self.one(entry, data: 9), .header(.bytesBehind(tensorsEnd: 8, fileEnd: 9))),
        ]
        for (file, error) in cases { #expect(throws: error) { try Self.open(file) } }
    }

    @Test("a tensor of another type or shape than is needed is told with both")
    func wrongKind() throws {
        let file = try Self.open(Self.one(WeightFile.entry("t", "I64", [1], 0, 8)))
        let type = #expect(throws: EncoderError.self) { try file.numbers("t", shape: [1]) }
        #expect(type?.message == "the tensor t has the type I64, and must have F32, F16 or BF16")
        let shape = #expect(throws: EncoderError.self) { try file.numbers("t", shape: [nil, 4]) }
        #expect(shape?.message == "the tensor t has the shape 1, and must have any × 4")
        let empty = try Self.open(Self.one(WeightFile.entry("t", "F32", [0, 4], 0, 0), data: 0))
        #expect(throws: EncoderError.tensor("t", .wrongShape(expected: "any × 4", found: [0, 4]))) {
            try empty.numbers("t", shape: [nil, 4])
        }
    }

    @Test("a file that ends early, or names a length that no header has, is refused before anything is read")
    func lengths() {
        func open(_ bytes: [UInt8]) throws { _ = try Safetensors(WeightBytes(copying: bytes)) }
        #expect(throws: EncoderError.header(.truncated)) { try open([]) }
        #expect(throws: EncoderError.header(.truncated)) { try open([2, 0, 0, 0, 0, 0, 0]) }
        #expect(throws: EncoderError.header(.truncated)) { try open(WeightFile.length(3) + Array("{}".utf8)) }
        #expect(throws: EncoderError.header(.tooLong(.max))) { try open([UInt8](repeating: 0xFF, count: 64)) }
        #expect(throws: EncoderError.header(.tooLong(1 << 20 + 1))) { try open(WeightFile.length(1 << 20 + 1) + [0]) }
        #expect(throws: Never.self) { try open(WeightFile.length(2) + Array("{}".utf8)) }
    }
}
