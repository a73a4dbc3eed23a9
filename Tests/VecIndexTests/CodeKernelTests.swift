import CVecKernels
import Testing

@testable import VecIndex

@Suite struct CodeKernelTests {
    private static let sizes = [64, 128, 192, 384, 960, 1024, 4096]
    private static let places = 96

    /// Random codes of either kind, what a scan reads beside them, and each row's sum from the description of
    /// the layout.
    private struct Codes {
        let bits: [UInt8]
        let bytes: [Int8]
        let factors: [Float]
        let constants: [Float]
        let table: [UInt8]
        let query: [Int8]
        let bitSums: [Int]
        let byteSums: [Int]

        init(size: Int, using generator: inout SeededGenerator) {
            let count = CodeKernelTests.places
            let bits = generator.bytes(count * size / 8)
            // From -127 to 127.
            let bytes = generator.bytes(count * size).map { Int8(truncatingIfNeeded: max(1, $0) ^ 128) }
            let table = generator.bytes(size * 4).map { $0 & 63 }
            let query = generator.bytes(size).map { Int8(truncatingIfNeeded: max(1, $0) ^ 128) }
            (self.bits, self.bytes, self.table, self.query) = (bits, bytes, table, query)
            bitSums = (0..<count).map { row in
                var sum = 0
                for group in 0..<size / 4 {
                    let byte = bits[row / 32 * 32 * size / 8 + group * 16 + row % 16]
                    sum += Int(table[group * 16 + Int(row % 32 < 16 ? byte & 15 : byte >> 4)])
                }
                return sum
            }
            byteSums = (0..<count).map { row in
                var sum = 0
                for index in 0..<size { sum += Int(bytes[row * size + index]) * Int(query[index]) }
                return sum
            }
            factors = generator.vector(count).map { abs($0) }
            constants = generator.vector(count)
        }
    }

    private typealias Found = (rows: [UInt32], bounds: [UInt32])

    private func found(_ scan: (UnsafeMutablePointer<cvec_candidate>) -> Int) -> Found {
        var candidates = [cvec_candidate](repeating: cvec_candidate(), count: Self.places)
        let count = scan(&candidates)
        return (candidates.prefix(count).map(\.row), candidates.prefix(count).map(\.bound.bitPattern))
    }

    @Test("each form of a scan finds the rows that the layout and the floor say, with the same bits", arguments: sizes)
    func scans(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let codes = Codes(size: size, using: &generator)
        let filter = [generator.next(), 0xFFFF_0000]  // a block with no row allowed, and one with half
        for count in [1, 31, 32, 33, 96] {
            for (isFiltered, isFloored) in [(false, false), (true, false), (false, true), (true, true)] {
                let check = { (scale: Float, sums: [Int], scan: (cvec_form, inout cvec_scan) -> Found) in
                    let bounds = (0..<count).map {
                        ((Float(sums[$0]) * scale + -3) * codes.factors[$0] + codes.constants[$0]) + 0.5
                    }
                    let floor = isFloored ? bounds.sorted()[count / 2] : -.infinity
                    let rows = (0..<count).filter {
                        bounds[$0] >= floor && (!isFiltered || filter[$0 / 64] >> UInt64($0 % 64) & 1 == 1)
                    }
                    for form in KernelTests.forms {
                        let found = filter.withUnsafeBufferPointer { words in
                            var settings = cvec_scan(
                                scale: scale, offset: -3, base: 0.5, floor: floor, allowed: isFiltered ? words.baseAddress : nil, first: 7)
                            return scan(form, &settings)
                        }
                        #expect(found.rows == rows.map { UInt32($0 + 7) })
                        #expect(found.bounds == rows.map { bounds[$0].bitPattern })
                    }
                }
                check(0.01, codes.bitSums) { form, settings in
                    found { form.bits_scan(codes.bits, codes.factors, codes.constants, count, size, codes.table, &settings, $0) }
                }
                check(0.0001, codes.byteSums) { form, settings in
                    found { form.bytes_scan(codes.bytes, codes.factors, codes.constants, count, size, codes.query, &settings, $0) }
                }
            }
        }
    }

    @Test("the largest sums fit")
    func largestSums() {
        let size = 4096
        let (ones, table) = ([Float](repeating: 1, count: 32), [UInt8](repeating: 63, count: size * 4))
        let (bits, bytes) = ([UInt8](repeating: 255, count: 32 * size / 8), [Int8](repeating: -127, count: 32 * size))
        let zeros = [Float](repeating: 0, count: 32)
        for form in KernelTests.forms {
            var settings = cvec_scan(scale: 1, offset: 0, base: 0, floor: -.infinity, allowed: nil, first: 0)
            let sums = found { form.bits_scan(bits, ones, zeros, 32, size, table, &settings, $0) }
            #expect(sums.bounds == [UInt32](repeating: Float(63 * 1024).bitPattern, count: 32))
            let products = found { form.bytes_scan(bytes, ones, zeros, 32, size, bytes, &settings, $0) }
            #expect(products.bounds == [UInt32](repeating: Float(127 * 127 * size).bitPattern, count: 32))
        }
    }

    @Test("a bound that is not a number rules nothing out")
    func notANumber() {
        let numbers = [Float](repeating: .nan, count: 32)
        for form in KernelTests.forms {
            var settings = cvec_scan(scale: 1, offset: 0, base: 0, floor: 1, allowed: nil, first: 0)
            let table = [UInt8](repeating: 0, count: 256)
            #expect(found { form.bits_scan(table, numbers, numbers, 5, 64, table, &settings, $0) }.rows == [0, 1, 2, 3, 4])
        }
    }

    @Test("bits are a row's signs, set and cleared without touching others")
    func encodesBits() {
        var generator = SeededGenerator(seed: 9)
        let vectors = (0..<32).map { _ in generator.vector(64) }
        var block = [UInt8](repeating: 0, count: 256)
        for (row, vector) in vectors.enumerated() {
            let sum = cvec_bits_encode(vector, 64, &block, row)
            #expect(abs(sum - vector.reduce(0) { $0 + Double(abs($1)) }) < 1e-9)
        }
        let signs = { (row: Int) in
            (0..<64).map { (index: Int) -> Bool in
                let byte = block[index / 4 * 16 + row % 16]
                return (row < 16 ? byte : byte >> 4) >> UInt8(index % 4) & 1 == 1
            }
        }
        for (row, vector) in vectors.enumerated() { #expect(signs(row) == vector.map { $0 >= 0 }) }
        cvec_bits_clear(&block, 64, 3)
        cvec_bits_clear(&block, 64, 20)
        for (row, vector) in vectors.enumerated() {
            #expect(signs(row) == vector.map { row != 3 && row != 20 && $0 >= 0 })
        }
    }

    @Test("a table's sum is the signed sum of the query, up to its steps", arguments: sizes)
    func table(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size) + 2)
        let (query, row) = (generator.vector(size), generator.vector(size))
        var table = [UInt8](repeating: 0, count: size * 4)
        var block = [UInt8](repeating: 0, count: 32 * size / 8)
        _ = cvec_bits_encode(row, size, &block, 0)
        var (scale, offset): (Float, Float) = (0, 0)
        cvec_bits_table(query, size, &table, &scale, &offset)
        let sum = (0..<size / 4).reduce(0) { $0 + Int(table[$1 * 16 + Int(block[$1 * 16] & 15)]) }
        let truth = zip(query, row).reduce(Float(0)) { $0 + ($1.1 >= 0 ? $1.0 : -$1.0) }
        #expect(table.allSatisfy { $0 <= 63 })
        #expect(abs(Float(sum) * scale + offset - truth) <= scale * Float(size / 4) / 2 + 0.01)
        cvec_bits_table([Float](repeating: 0, count: size), size, &table, &scale, &offset)
        #expect(scale == 0 && offset == 0 && table.allSatisfy { $0 == 0 })
    }

    @Test("bytes are a vector up to half a step")
    func encodesBytes() {
        var generator = SeededGenerator(seed: 10)
        let vector = generator.vector(384)
        var code = [Int8](repeating: 0, count: 384)
        var step: Float = 0
        let squares = cvec_bytes_encode(vector, 384, &code, &step)
        #expect(zip(vector, code).allSatisfy { abs($0 - Float($1) * step) <= step * 0.50001 })
        #expect(squares == code.reduce(0) { $0 + Double($1) * Double($1) })
        #expect(code.contains(127) || code.contains(-127))
        for zero: Float in [0, .leastNonzeroMagnitude] {
            #expect(cvec_bytes_encode([Float](repeating: zero, count: 64), 64, &code, &step) == 0)
            #expect(step == 0 && code.prefix(64).allSatisfy { $0 == 0 })
        }
    }

    @Test("a rotation keeps lengths and angles, and spreads what lay in one number", arguments: sizes + [1, 63, 65, 500])
    func rotates(dimension: Int) {
        var generator = SeededGenerator(seed: UInt64(dimension) + 3)
        let rotation = Rotation(dimension: dimension, seed: 1)
        let size = Rotation.size(dimension: dimension)
        #expect(rotation.size == size && size % 64 == 0 && size >= dimension && size < dimension + 64)
        let padding = [Float](repeating: 0, count: size - dimension)
        let (a, b) = (generator.vector(dimension) + padding, generator.vector(dimension) + padding)
        var (turnedA, turnedB) = (a, b)
        rotation.apply(&turnedA)
        rotation.apply(&turnedB)
        let tolerance = Float(size) * 1e-6
        #expect(abs(cvec_dot(a, b, size) - cvec_dot(turnedA, turnedB, size)) < tolerance)
        #expect(abs(cvec_dot(a, a, size) - cvec_dot(turnedA, turnedA, size)) < tolerance)
        for place in [0, dimension / 2, dimension - 1] {
            var unit = [Float](repeating: 0, count: size)
            unit[place] = 1
            rotation.apply(&unit)
            #expect(unit.allSatisfy { abs($0) < 6 / Float(size).squareRoot() })
        }
    }

    @Test("tails of the normal distribution")
    func deviations() {
        for (tail, deviations) in [(0.5, 0.0), (0.158_655, 1), (0.022_750, 2), (0.001, 3.090_23), (1e-9, 5.997_81)] {
            #expect(abs(cvec_deviations(tail) - deviations) < 1e-4)
        }
        #expect(RecallTarget.deviations(1) == nil && RecallTarget.deviations(.nan) == nil)
        #expect(RecallTarget.deviations(-3) == RecallTarget.deviations(0.75))
        #expect(RecallTarget.deviations(FlatIndex.usualRecall) == RecallTarget.deviations(0.999))
    }
}
